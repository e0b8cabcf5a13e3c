import Configuration
import ServiceLifecycle
import UnixSignals

/// Puts the configuration file in force anew when it has changed, or when SIGHUP asks for a look at once.
///
/// What the file and those that it names hold is compared, not their dates: Kubernetes swaps a link to change a ConfigMap. A
/// change counts once two looks have seen the same, so that a file which is being written is not taken for whole.
struct ConfigurationWatch: Service {
    let running: RunningConfiguration
    /// Traps SIGHUP from when it was made.
    let hangups: UnixSignalsSequence
    /// Reads the file.
    let load: @Sendable () throws(ConfigurationError) -> FieldsealConfiguration

    /// How often is looked.
    private static let interval = Duration.seconds(5)

    private enum Event {
        case asked
        case tick
    }

    /// What a look saw.
    private enum Sight: Equatable {
        case asInForce
        case changed(hash: String, ConfigurationChange)
        case refused(String)
    }

    /// Looks until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let (events, sink) = AsyncStream.makeStream(of: Event.self)
                group.addTask { for await _ in hangups { sink.yield(.asked) } }
                group.addTask { while (try? await Task.sleep(for: Self.interval)) != nil { sink.yield(.tick) } }
                var last = Sight.asInForce
                for await event in events { last = await look(event, last: last) }
                group.cancelAll()
            }
        }
    }

    /// Looks once, and acts where what is seen has been seen before or a person asks.
    private func look(_ event: Event, last: Sight) async -> Sight {
        let configuration: FieldsealConfiguration
        do {
            configuration = try load()
        } catch {
            let sight = Sight.refused("\(error)")
            if event == .asked || sight == last { running.refuse("\(error)") }
            return sight
        }
        let change = running.change(to: configuration)
        guard !change.isEmpty || configuration.hash != running.status.hash else {
            running.settle()
            return .asInForce
        }
        let sight = Sight.changed(hash: configuration.hash, change)
        if event == .asked || sight == last { await running.apply(configuration) }
        return sight
    }
}

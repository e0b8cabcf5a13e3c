import Cryptography
import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The data keys obtained with one set of KMS credentials, shared by all workers that have these credentials.
///
/// Each worker looks at it through a `DataKeyReader`. Background threads ask the KMS: one call at a time for each key,
/// ahead of a key's end where it is in use. A failure is not kept longer than its back-off; a permanently refused EDEK is
/// remembered for 60 s. Keys are wiped when they end or make room for others and no reader holds them any more.
public final class DataKeyCache: Sendable {
    let fetcher: DataKeyFetcher
    /// What its readers have counted.
    let tally = DataKeyTally()
    let settings: KeyManagementSettings

    /// Makes a cache over the services that the settings name.
    ///
    /// - Parameters:
    ///   - settings: the KMS, lives and limits of the keys.
    ///   - logger: where outages are told.
    ///   - onEvent: is told what becomes of keys, on the cache's own threads; must not wait.
    /// - Throws: where the settings can't be used; no server is called.
    public convenience init(
        _ settings: KeyManagementSettings, logger: Logger = Logger(label: "fieldseal.kms"),
        onEvent: @escaping @Sendable (DataKeyEvent) -> Void = { _ in }
    ) throws(KeyManagementError) {
        let services = try KeyManagementServices(settings, logger: logger)
        self.init(settings, service: services, logger: logger, onEvent: onEvent)
    }

    /// Makes a cache over a given service.
    ///
    /// - Parameters:
    ///   - settings: lives and limits of the keys; what is out of range is brought into it.
    ///   - service: what wraps and unwraps.
    ///   - logger: where outages are told.
    ///   - clock: the clock, in milliseconds, that the callers of `DataKeyReader` read as well.
    ///   - onEvent: is told what becomes of keys, on the cache's own threads; must not wait.
    public convenience init(
        _ settings: KeyManagementSettings, service: any KeyManagementService,
        logger: Logger = Logger(label: "fieldseal.kms"), clock: @escaping @Sendable () -> Int64 = DataKeyCache.now,
        onEvent: @escaping @Sendable (DataKeyEvent) -> Void = { _ in }
    ) {
        self.init(settings, service: service, logger: logger, clock: clock, onEvent: onEvent) {
            algorithm, _ throws(CryptographyError) in
            try DataKey.generate(algorithm)
        }
    }

    /// Makes a cache whose new data keys come from `makeDataKey`, which frozen test vectors need: everything else takes
    /// random ones.
    package init(
        _ settings: KeyManagementSettings, service: any KeyManagementService, logger: Logger,
        clock: @escaping @Sendable () -> Int64, onEvent: @escaping @Sendable (DataKeyEvent) -> Void = { _ in },
        makeDataKey: @escaping @Sendable (Algorithm, _ kek: [UInt8]) throws(CryptographyError) -> DataKey
    ) {
        var settings = settings
        settings.keyTtlMilliseconds = min(max(0, settings.keyTtlMilliseconds), Self.maximumTtl)
        settings.maxUses = min(max(1, settings.maxUses), KeyManagementSettings.maximumUses)
        settings.maxBytes = min(max(1, settings.maxBytes), KeyManagementSettings.maximumBytes)
        settings.maxKeys = min(max(1, settings.maxKeys), 1_000_000)
        self.settings = settings
        fetcher = DataKeyFetcher(
            settings: settings, service: service, logger: logger, clock: clock, onEvent: onEvent,
            makeDataKey: makeDataKey)
    }

    deinit {
        fetcher.stop()
    }

    /// Forgets all keys and refuses further requests with `shutDown`; calls under way end within their time-out.
    public func shutDown() {
        fetcher.stop()
    }

    /// How the cache fares; cheap, from any thread.
    public var statistics: DataKeyStatistics {
        var statistics = fetcher.statistics
        let hits = tally.counts
        statistics.uses[.seal, default: .init()].hits = hits.sealing
        statistics.uses[.open, default: .init()].hits = hits.opening
        return statistics
    }

    /// Milliseconds on a clock that goes on while the machine is suspended (CLOCK_BOOTTIME on Linux).
    public static func now() -> Int64 {
        var now = timespec()
        #if os(Linux)
            clock_gettime(CLOCK_BOOTTIME, &now)
        #else
            clock_gettime(CLOCK_MONOTONIC, &now)
        #endif
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// Ten years: longer lives would only invite overflow.
    private static let maximumTtl: Int64 = 315_360_000_000
}

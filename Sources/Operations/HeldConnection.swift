import HummingbirdCore
import Logging
import NIOCore

/// A channel for accepted connections that holds each of them until it is closed.
///
/// SwiftNIO ends the process when the last reference to a connection goes before anybody has begun to serve it
/// (apple/swift-nio, issues 2637 and 3481): what a server that stops does with connections that it accepted just then.
struct HeldConnection<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base

    init(_ base: Base) {
        self.base = base
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).map { value in
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

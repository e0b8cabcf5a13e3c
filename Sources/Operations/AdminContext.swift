import Hummingbird
import NIOCore

/// What is known of a request beside itself.
struct AdminContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection.
    let channel: any Channel
    /// Who asks; nil where that is not known.
    var caller: Caller?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// A request's body is at most this long, in bytes.
    var maxUploadSize: Int { 16 * 1024 }
}

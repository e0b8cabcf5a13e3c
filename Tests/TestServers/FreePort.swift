#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds a port of 127.0.0.1 that nothing listens on.
public enum FreePort {
    /// No socket could be bound.
    public struct NoneFound: Error {}

    /// A port that was free a moment ago.
    public static func find() throws -> Int {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw NoneFound() }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw NoneFound() }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

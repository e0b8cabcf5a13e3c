internal import COpenSSL

/// SHA-256 (FIPS 180-4), for the hash of an envelope's first line and for names of cache entries.
public enum SHA256 {
    /// Writes the 32 bytes of the digest of `bytes` to `out`.
    public static func digest(_ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer) {
        let digested = EVP_Digest(
            bytes.baseAddress, bytes.count, out.assumingMemoryBound(to: UInt8.self), nil, algorithm, nil)
        // With the algorithm at hand OpenSSL only fails for want of memory, where Swift stops too.
        guard digested == 1 else { fatalError("EVP_Digest failed: out of memory") }
    }

    /// The digest of `bytes`.
    public static func digest(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { out in
            if let start = out.baseAddress { digest(bytes, into: start) }
        }
        return SHA256Digest(words: words)
    }

    // Fetched once, since a fetch by name costs more than the digest; immutable, and OpenSSL shares it between threads.
    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let fetched = EVP_MD_fetch(nil, "SHA256", nil) else {
            fatalError("OpenSSL offers no SHA-256: its configuration loads no provider that has it")
        }
        return fetched
    }()
}

import Cryptography

/// What a worker looks a data key up by, in bytes that belong to somebody else.
struct DataKeyName {
    let kek: UnsafeRawBufferPointer
    /// Empty for sealing.
    let edek: UnsafeRawBufferPointer
    let algorithm: Algorithm
    let topic: UnsafeRawBufferPointer

    /// Keyed per process (`Hasher`), so that nobody can make EDEKs that collide.
    var hash: Int {
        var hasher = Hasher()
        hasher.combine(bytes: kek)
        hasher.combine(bytes: edek)
        hasher.combine(bytes: topic)
        return hasher.finalize()
    }
}

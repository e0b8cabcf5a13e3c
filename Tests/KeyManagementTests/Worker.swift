import Cryptography
import Records
import Testing

@testable import KeyManagement

/// What a worker does with a reader, in short words for tests; the KMS's answers are waited for.
final class Worker {
    let reader: DataKeyReader
    private let clock: @Sendable () -> Int64
    /// How often the KMS had to be waited for.
    private(set) var waits = 0

    struct NoAnswer: Error {}

    init(_ cache: DataKeyCache, clock: @escaping @Sendable () -> Int64) {
        reader = DataKeyReader(cache: cache)
        self.clock = clock
    }

    /// A sealer; where it is not there yet it is obtained.
    func sealer(
        _ kek: String = "in-memory-kms://pii", _ algorithm: Algorithm = .aes256GCM, topic: String = "t"
    ) throws -> Sealer {
        try obtaining { () throws(KeyManagementError) in try self.trySealer(kek, algorithm, topic: topic) }
    }

    /// A sealer or the error, without waiting.
    func trySealer(
        _ kek: String = "in-memory-kms://pii", _ algorithm: Algorithm = .aes256GCM, topic: String = "t"
    ) throws(KeyManagementError) -> Sealer {
        let kek = Lent(kek)
        let topic = Lent(topic)
        return try reader.sealer(kek: kek.bytes, algorithm: algorithm, topic: topic.bytes, now: clock())
    }

    /// An opener; where it is not there yet it is obtained.
    func opener(
        _ edek: [UInt8], kek: String = "in-memory-kms://pii", _ algorithm: Algorithm = .aes256GCM, topic: String = "t"
    ) throws -> Opener {
        try obtaining { () throws(KeyManagementError) in
            try self.tryOpener(edek, kek: kek, algorithm, topic: topic)
        }
    }

    /// An opener or the error, without waiting.
    func tryOpener(
        _ edek: [UInt8], kek: String = "in-memory-kms://pii", _ algorithm: Algorithm = .aes256GCM, topic: String = "t"
    ) throws(KeyManagementError) -> Opener {
        let kek = Lent(kek)
        let edek = Lent(edek)
        let topic = Lent(topic)
        return try reader.opener(
            kek: kek.bytes, edek: edek.bytes, algorithm: algorithm, topic: topic.bytes, now: clock())
    }

    private func obtaining<Holder>(_ body: () throws(KeyManagementError) -> Holder) throws -> Holder {
        for _ in 0..<100 {
            do throws(KeyManagementError) {
                return try body()
            } catch {
                guard case .pending(let request) = error else { throw error }
                waits += 1
                guard reader.obtain(request, within: 20_000) else { throw NoAnswer() }
            }
        }
        throw NoAnswer()
    }
}

/// Bytes that stay where they are while it lives.
final class Lent {
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawBufferPointer

    convenience init(_ text: String) { self.init(Array(text.utf8)) }

    init(_ array: [UInt8]) {
        memory = .allocate(byteCount: max(1, array.count), alignment: 1)
        memory.copyBytes(from: array)
        bytes = UnsafeRawBufferPointer(rebasing: memory[..<array.count])
    }

    deinit { memory.deallocate() }
}

extension Sealer {
    /// Seals a text.
    func seal(_ text: String, aad: String = "aad") throws(CryptographyError) -> [UInt8] {
        let plaintext = Lent(text)
        let aad = Lent(aad)
        let out = OutputBuffer()
        let count = plaintext.bytes.count + algorithm.overhead
        try seal(plaintext.bytes, aad: aad.bytes, into: out.reserve(count))
        out.commit(count)
        return Array(out.bytes)
    }
}

extension Opener {
    /// Opens to a text.
    func open(_ sealed: [UInt8], aad: String = "aad") throws(CryptographyError) -> String {
        let sealed = Lent(sealed)
        let aad = Lent(aad)
        let out = OutputBuffer()
        let count = try open(sealed.bytes, aad: aad.bytes, into: out.reserve(sealed.bytes.count))
        out.commit(count)
        return String(decoding: out.bytes, as: UTF8.self)
    }
}

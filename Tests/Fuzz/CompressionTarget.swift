import Formats
import Records

/// Compressed payloads: what a sealed payload holds once it is opened.
final class CompressionTarget: FuzzTarget {
    private let compressor = PayloadCompressor()
    private let out = OutputBuffer()
    private let compressed = OutputBuffer()
    private let again = OutputBuffer()

    private static let maximum = 1 << 20

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let (choice, bytes) = input.chosen
        let kinds: [Compression] = [.gzip, .snappy, .lz4, .zstd]
        let kind = kinds[Int(choice) % kinds.count]
        for buffer in [out, compressed, again] { buffer.removeAll() }
        guard (try? compressor.decompress(bytes, by: kind, maximum: Self.maximum, into: out)) != nil else { return }
        expect(out.count <= Self.maximum, "no more comes out than is allowed")
        let isWritten = (try? compressor.compress(out.bytes, by: kind, into: compressed)) != nil
        let isRead =
            (try? compressor.decompress(compressed.bytes, by: kind, maximum: Self.maximum, into: again)) != nil
        expect(isWritten && isRead && again.bytes.elementsEqual(out.bytes), "what is compressed comes back")
    }
}

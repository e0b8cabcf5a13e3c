/// The 64-bit Rabin fingerprint CRC-64-AVRO (Avro 1.12, "Schema Fingerprints").
enum AvroFingerprint {
    private static let empty: UInt64 = 0xc15d_213a_a4d7_a795

    private static let table: [UInt64] = (0..<256).map { index in
        (0..<8).reduce(UInt64(index)) { value, _ in value >> 1 ^ (empty & (0 &- (value & 1))) }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(empty) { value, byte in value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    }
}

import Records

/// How a topic that a pair created for plain records is known to be that pair's, after any restart: it carries a setting
/// whose value only this pair gives.
///
/// The setting is `delete.retention.ms`: Kafka reads it only for compacted topics, so that its value changes nothing for
/// one whose `cleanup.policy` is `delete`. It goes when the topic goes, unlike anything that is noted elsewhere.
enum TargetMark {
    /// The setting's name.
    static let setting = "delete.retention.ms"

    /// The value for a pair and its target: a day, Kafka's default, and some seconds or minutes more.
    static func value(pair: String, target: String) -> String {
        // FNV-1a, 64 bits.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in Array("fieldseal/\(pair)/\(target)".utf8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(86_400_001 + hash % 899_999)
    }
}

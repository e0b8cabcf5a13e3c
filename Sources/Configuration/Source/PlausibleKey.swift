/// Whether `name` looks like a key of any section, so that messages may show it.
///
/// In `{password:hunter2}` a space is missing, and YAML takes the whole for a key.
func isPlausibleKey(_ name: String) -> Bool {
    1...128 ~= name.utf8.count
        && name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
}

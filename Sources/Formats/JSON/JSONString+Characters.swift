import Records

/// Bytes as a string with one character, U+0000 to U+00FF, for each (Avro 1.12, "JSON Encoding").
extension JSONString {
    /// Appends `bytes` as such a string, with quotes and the fewest escapes; `characters` is scratch.
    static func append(
        characters bytes: UnsafeRawBufferPointer, by characters: OutputBuffer, to out: OutputBuffer
    ) {
        characters.removeAll()
        let base = characters.reserve(2 * bytes.count).assumingMemoryBound(to: UInt8.self)
        var count = 0
        for byte in bytes {
            if byte < 0x80 {
                base[count] = byte
                count += 1
            } else {
                base[count] = 0xC0 | byte >> 6
                base[count + 1] = 0x80 | byte & 0x3F
                count += 2
            }
        }
        characters.commit(count)
        FieldPath.appendQuoted(characters.bytes, to: out)
    }

    /// How many bytes the content of such a string, valid UTF-8, stands for; nil where a character is beyond U+00FF.
    static func byteCount(ofCharacters content: UnsafeRawBufferPointer) -> Int? {
        var count = 0
        for byte in content {
            guard byte <= 0xC3 else { return nil }
            if byte < 0x80 || byte >= 0xC0 { count += 1 }
        }
        return count
    }

    /// Appends the bytes that the content of such a string, which `byteCount` has accepted, stands for.
    static func append(bytesOfCharacters content: UnsafeRawBufferPointer, to out: OutputBuffer) {
        var lead: UInt8 = 0
        for byte in content {
            if byte < 0x80 {
                out.append(byte)
            } else if byte >= 0xC0 {
                lead = byte << 6
            } else {
                out.append(lead | byte & 0x3F)
            }
        }
    }
}

/// Standard padded base64 (RFC 4648, section 4), strict in reading.
public enum Base64 {
    /// How many characters `count` bytes become.
    @inlinable
    public static func encodedCount(_ count: Int) -> Int {
        (count + 2) / 3 * 4
    }

    /// The most bytes that `count` characters can hold.
    @inlinable
    public static func decodedCapacity(_ count: Int) -> Int {
        count / 4 * 3
    }

    /// Writes the text of `bytes` to `out`, which has room for `encodedCount(bytes.count)` characters.
    public static func encode(_ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer) {
        guard let source = bytes.baseAddress else { return }
        var input = source.assumingMemoryBound(to: UInt8.self)
        var output = out.assumingMemoryBound(to: UInt8.self)
        let alphabet = Self.alphabet.utf8Start
        var left = bytes.count
        while left >= 3 {
            let group = UInt32(input[0]) << 16 | UInt32(input[1]) << 8 | UInt32(input[2])
            output[0] = alphabet[Int(group >> 18)]
            output[1] = alphabet[Int(group >> 12 & 63)]
            output[2] = alphabet[Int(group >> 6 & 63)]
            output[3] = alphabet[Int(group & 63)]
            input += 3
            output += 4
            left -= 3
        }
        guard left > 0 else { return }
        let group = UInt32(input[0]) << 16 | (left == 2 ? UInt32(input[1]) << 8 : 0)
        output[0] = alphabet[Int(group >> 18)]
        output[1] = alphabet[Int(group >> 12 & 63)]
        output[2] = left == 2 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
        output[3] = UInt8(ascii: "=")
    }

    /// Writes the bytes of `text` to `out`, which has room for `decodedCapacity(text.count)` bytes, and returns how many.
    ///
    /// Returns nil for anything but canonical text: white space, a missing pad or non-zero spare bits.
    public static func decode(_ text: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer) -> Int? {
        guard text.count % 4 == 0 else { return nil }
        guard text.count > 0, let source = text.baseAddress else { return 0 }
        let input = source.assumingMemoryBound(to: UInt8.self)
        let pad = UInt8(ascii: "=")
        let padding = input[text.count - 1] != pad ? 0 : input[text.count - 2] != pad ? 1 : 2
        let whole = text.count - (padding > 0 ? 4 : 0)
        let values = Self.values
        // Any bit above the 24 of a group says that a character was none of the alphabet's.
        var seen: UInt32 = 0
        var output = out
        var position = 0
        while position < whole {
            let group =
                values[Int(input[position])] | values[256 + Int(input[position + 1])]
                | values[512 + Int(input[position + 2])] | values[768 + Int(input[position + 3])]
            seen |= group
            if position < whole - 4 {
                // Four bytes at once, of which the next group's first takes the place of the last.
                output.storeBytes(of: group.littleEndian, as: UInt32.self)
            } else {
                storeBytes(of: group, count: 3, to: output)
            }
            output += 3
            position += 4
        }
        if padding > 0 {
            let third = padding == 1 ? values[512 + Int(input[whole + 2])] : 0
            let group = values[Int(input[whole])] | values[256 + Int(input[whole + 1])] | third
            // The bits that nothing is left for.
            let spare: UInt32 = padding == 1 ? 0xFF_0000 : 0xFF_FF00
            guard group & spare == 0 else { return nil }
            seen |= group
            storeBytes(of: group, count: 3 - padding, to: output)
        }
        return seen < 1 << 24 ? text.count / 4 * 3 - padding : nil
    }

    @inline(__always)
    private static func storeBytes(of group: UInt32, count: Int, to out: UnsafeMutableRawPointer) {
        for index in 0..<count {
            out.storeBytes(
                of: UInt8(truncatingIfNeeded: group >> UInt32(8 * index)), toByteOffset: index, as: UInt8.self)
        }
    }

    /// The text of `bytes`, for places off the hot path.
    public static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { out in
            encode(bytes, into: UnsafeMutableRawPointer(out.baseAddress!))
            return encodedCount(bytes.count)
        }
    }

    /// The text of `bytes`, for places off the hot path.
    public static func encode(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { encode($0) }
    }

    /// The bytes of `text`, or nil where it is not canonical; for places off the hot path.
    public static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { utf8 -> [UInt8]? in
            var valid = true
            let bytes = [UInt8](unsafeUninitializedCapacity: decodedCapacity(utf8.count)) { out, count in
                guard utf8.count > 0 else { return }
                guard let base = out.baseAddress, let written = decode(UnsafeRawBufferPointer(utf8), into: base) else {
                    valid = false
                    return
                }
                count = written
            }
            return valid ? bytes : nil
        }
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// What each character adds to a group of three bytes, the first of them lowest: four tables of 256, one for each place
    /// in the group of characters. A bit above the 24 stands for what is no character of the alphabet.
    ///
    /// Sound to share: written once, read only afterwards, never freed.
    nonisolated(unsafe) private static let values: UnsafePointer<UInt32> = {
        let values = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
        values.initialize(repeating: 1 << 24, count: 1024)
        for index in 0..<64 {
            let character = Int(alphabet.utf8Start[index])
            for place in 0..<4 {
                let bits = UInt32(index) << UInt32(18 - 6 * place)
                values[256 * place + character] = bits.byteSwapped >> 8
            }
        }
        return UnsafePointer(values)
    }()
}

import Records

/// A KMS's own words, made fit for an error.
enum ServiceWords {
    /// The content of a JSON string as one printable line of bounded length; empty where it repeats a secret.
    ///
    /// A secret counts as repeated where any run of 12 of its bytes appears in what would be shown, which a whole token or
    /// key has. Its escapes are undone before, or `\/` would hide one.
    static func shown(_ text: UnsafeRawBufferPointer, without secrets: [SecretBytes]) -> String {
        let line = unescaped(text)
        guard !secrets.contains(where: { repeats($0, in: line) }) else { return "" }
        let words = line.split(separator: UInt8(ascii: " ")).joined(separator: [UInt8(ascii: " ")])
        return BoundedText.printable(Array(words))
    }

    /// As much of the text as may be shown: a server may send many times that, and each byte is compared with each secret's.
    private static func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var line: [UInt8] = []
        var isEscaped = false
        for byte in text.prefix(BoundedText.limit * 2) {
            if isEscaped {
                let isSpace = byte == UInt8(ascii: "n") || byte == UInt8(ascii: "t") || byte == UInt8(ascii: "r")
                line.append(isSpace ? UInt8(ascii: " ") : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                line.append(byte)
            }
        }
        return line
    }

    private static func repeats(_ secret: SecretBytes, in text: [UInt8]) -> Bool {
        secret.withUnsafeBytes { secret in
            let run = min(12, secret.count)
            guard run > 0, text.count >= run else { return false }
            let runs = stride(from: 0, through: secret.count - run, by: 1)
            return runs.contains { start in
                contains(UnsafeRawBufferPointer(rebasing: secret[start..<(start + run)]), in: text)
            }
        }
    }

    private static func contains(_ run: UnsafeRawBufferPointer, in text: [UInt8]) -> Bool {
        (0...(text.count - run.count)).contains { text[$0..<($0 + run.count)].elementsEqual(run) }
    }
}

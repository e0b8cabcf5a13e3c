/// An input that is made of several things: they stand one after the other with three bytes between them.
///
/// Mutations move such a separator as a whole less often than they break a length, so that what the parts are stays stable.
struct InputParts {
    let parts: [UnsafeRawBufferPointer]

    static let separator: [UInt8] = [0xFF, 0x1E, 0xFF]

    init(_ input: UnsafeRawBufferPointer) {
        var parts: [UnsafeRawBufferPointer] = []
        var start = 0
        var position = 0
        while position + Self.separator.count <= input.count {
            let isSeparator = input[position] == 0xFF && input[position + 1] == 0x1E && input[position + 2] == 0xFF
            guard isSeparator else {
                position += 1
                continue
            }
            parts.append(UnsafeRawBufferPointer(rebasing: input[start..<position]))
            position += Self.separator.count
            start = position
        }
        parts.append(UnsafeRawBufferPointer(rebasing: input[start...]))
        self.parts = parts
    }

    /// The part at `index`; empty where there are fewer.
    subscript(index: Int) -> UnsafeRawBufferPointer {
        index < parts.count ? parts[index] : UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as text, what is not UTF-8 replaced.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The first byte, 0 where there is none, and what follows it.
    var chosen: (choice: UInt8, rest: UnsafeRawBufferPointer) {
        guard let first else { return (0, self) }
        return (first, UnsafeRawBufferPointer(rebasing: self[1...]))
    }
}

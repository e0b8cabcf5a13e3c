/// How large a regular expression becomes when it is compiled.
///
/// The C library writes what is repeated out: `a+` as `aa*`, `a{9}` as nine of them, and so for repetitions of repetitions. A
/// few dozen bytes can then take more time and memory than there is.
struct ExpressionSize {
    /// The most single characters, or classes of them, that an expression may stand for.
    static let maximum = 4_096

    private let bytes: [UInt8]
    private var position = 0
    /// The size of each group that is open, the outermost first.
    private var groups = [0]
    /// The size of what a repetition here would repeat.
    private var last = 0

    /// Whether `text` keeps within `maximum`; of what is no expression, either.
    static func isBearable(_ text: String) -> Bool {
        var size = ExpressionSize(bytes: Array(text.utf8))
        return size.staysWithinMaximum()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func staysWithinMaximum() -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "("): groups.append(0)
            case UInt8(ascii: ")") where groups.count > 1: add(max(1, groups.removeLast()))
            case UInt8(ascii: "+"): multiply(by: 2)
            case UInt8(ascii: "*"), UInt8(ascii: "?"): break
            case UInt8(ascii: "{"): multiply(by: bound())
            case UInt8(ascii: "["):
                skipClass()
                add(1)
            case UInt8(ascii: "\\"):
                position += 1
                add(1)
            default: add(1)
            }
            if groups[groups.count - 1] > Self.maximum { return false }
        }
        return true
    }

    private mutating func add(_ size: Int) {
        last = size
        groups[groups.count - 1] += size
    }

    private mutating func multiply(by factor: Int) {
        groups[groups.count - 1] += last * (factor - 1)
        last *= factor
    }

    /// The larger number of `{2,5}`, 1 where there is none; one more stands for no bound, as in `{2,}`.
    private mutating func bound() -> Int {
        var largest = 0
        var number = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: "}") {
            let byte = bytes[position]
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            number = isDigit ? min(number * 10 + Int(byte - UInt8(ascii: "0")), Self.maximum) : 0
            largest = max(largest, number)
            position += 1
        }
        position += 1
        return largest + 1
    }

    /// Goes behind the `]` that ends a class (XBD 9.3.5): the first in it and those of `[:alpha:]` do not.
    private mutating func skipClass() {
        if position < bytes.count, bytes[position] == UInt8(ascii: "^") { position += 1 }
        var isFirst = true
        while position < bytes.count, isFirst || bytes[position] != UInt8(ascii: "]") {
            let isNested =
                bytes[position] == UInt8(ascii: "[") && position + 1 < bytes.count
                && ":=.".utf8.contains(bytes[position + 1])
            position += isNested ? 2 : 1
            if isNested {
                while position < bytes.count, bytes[position] != UInt8(ascii: "]") { position += 1 }
                position += 1
            }
            isFirst = false
        }
        position += 1
    }
}

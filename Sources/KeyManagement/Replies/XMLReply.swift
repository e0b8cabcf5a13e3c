/// A reply in XML of which single elements' texts are looked up where they lie, so that a secret is not copied.
///
/// It is no parser: it knows the replies of AWS's Query protocol, whose elements of interest have no attributes, no
/// child elements and no two of one name.
enum XMLReply {
    /// The text of the one element `name`, entities not undone; nil where there is none, several, or it has children.
    static func text(of name: String, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let opening = Array("<\(name)>".utf8)
        let closing = Array("</\(name)>".utf8)
        guard let first = position(of: opening, in: bytes, from: 0),
            position(of: opening, in: bytes, from: first + opening.count) == nil
        else { return nil }
        let start = first + opening.count
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "<")), bytes[end...].starts(with: closing) else {
            return nil
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    private static func position(of text: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        while position < bytes.count, let next = bytes[position...].firstIndex(of: text[0]) {
            if bytes[next...].starts(with: text) { return next }
            position = next + 1
        }
        return nil
    }
}

import Formats
import Testing

/// Pulling values out of small texts.
@Suite struct JSONReaderTests {
    @Test func `An object of all kinds is read in its order`() throws {
        let payload = JSONTestPayload(
            Array(
                #" {"v":1,"t":"a\u0062\n","l":[1,[],{"x":null}],"b":true,"c":false,"n":null,"s":{"y":[1,"z"]}} "#.utf8))
        var reader = try JSONReader(payload.bytes)
        var seen: [String] = []
        #expect(try reader.peek() == .object)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "v": seen.append("\(try reader.readInteger())")
            case "t": seen.append(try reader.readString())
            case "l":
                try reader.beginArray()
                while try reader.nextElement() { seen.append("\(try reader.skipValue().count)") }
            case "b", "c": seen.append("\(try reader.readBoolean())")
            case "n": seen.append("\(try reader.readNull())")
            default: seen.append("\(try reader.skipValue().count)")
            }
        }
        try reader.expectEnd()
        #expect(seen == ["1", "ab\n", "1", "2", "10", "true", "false", "true", "13"])
    }

    @Test(arguments: ["{}", " { } "])
    func `An empty object has no key and an empty list no element`(text: String) throws {
        var object = try reader(text)
        try object.beginObject()
        #expect(try object.nextKey() == nil)
        try object.expectEnd()
        var list = try reader("[ ]")
        try list.beginArray()
        #expect(try !list.nextElement())
        try list.expectEnd()
    }

    @Test(arguments: [#"{"a":1,"a":2}"#, #"{"a":1,"b":{},"\u0061":2}"#, #"{"":1,"":1}"#, #"{"é":1,"\u00e9":1}"#])
    func `A duplicate member is refused however it is spelled`(text: String) throws {
        #expect(throws: FormatError.self) { try readAll(text) }
    }

    @Test func `The same key in two objects, or in two spellings of one character, is no duplicate`() throws {
        try readAll(#"{"a":1,"b":1}"#)
        try readAll("{\"é\":1,\"e\u{301}\":1}")
        var nested = try reader(#"{"a":{"a":1},"b":{"a":1}}"#)
        try nested.beginObject()
        while let _ = try nested.nextKey() {
            try nested.beginObject()
            while let _ = try nested.nextKey() { _ = try nested.readInteger() }
        }
        try nested.expectEnd()
    }

    @Test(arguments: [
        "", " ", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\":1}}", "{\"a\":01}",
        "{\"a\" 1}", "{a:1}",
        "{,}", "{\"a\":1 \"b\":1}", "{\"a\":\"\\ud800\"}", "{\"a\":[1,]}", "{\"a\":tru}", "{\"a\":1}x", "[1]", "1",
    ])
    func `An invalid text, or another kind than an object, is malformed`(text: String) {
        #expect(throws: FormatError.self) { try readAll(text) }
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func `A whole number of 64 bits is read`(text: String, number: Int) throws {
        var reader = try reader(text)
        #expect(try reader.readInteger() == number)
        try reader.expectEnd()
    }

    @Test(arguments: ["1.0", "1e3", "9223372036854775808", "-9223372036854775809", "01", "-", "\"1\"", "null", "true"])
    func `Any other number is refused as a whole one`(text: String) throws {
        #expect(throws: FormatError.self) {
            var reader = try self.reader(text)
            _ = try reader.readInteger()
            try reader.expectEnd()
        }
    }

    @Test func `Another kind of value than the one asked for is refused`() throws {
        try refuses("1") { reader throws(FormatError) in _ = try reader.readString() }
        try refuses("null") { reader throws(FormatError) in _ = try reader.readBytes() }
        try refuses("1") { reader throws(FormatError) in _ = try reader.readBoolean() }
        try refuses("fals") { reader throws(FormatError) in _ = try reader.readBoolean() }
        try refuses("nul") { reader throws(FormatError) in _ = try reader.readNull() }
        try refuses("[]") { reader throws(FormatError) in try reader.beginObject() }
        try refuses("{}") { reader throws(FormatError) in try reader.beginArray() }
        try refuses("x") { reader throws(FormatError) in _ = try reader.peek() }
        var reader = try reader("1")
        #expect(try !reader.readNull())
        #expect(try reader.readInteger() == 1)
    }

    @Test func `Containers that are entered and skipped count towards the same depth`() throws {
        let payload = JSONTestPayload(
            Array((String(repeating: "[", count: 512) + String(repeating: "]", count: 512)).utf8))
        var reader = try JSONReader(payload.bytes)
        for _ in 0..<12 {
            try reader.beginArray()
            #expect(try reader.nextElement())
        }
        #expect(try reader.skipValue() == 12..<1_012)

        let bomb = JSONTestPayload([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
        var bombed = try JSONReader(bomb.bytes)
        #expect(throws: FormatError.self) { while true { try bombed.beginArray(); _ = try bombed.nextElement() } }
        var skipped = try JSONReader(bomb.bytes)
        #expect(throws: FormatError.self) { try skipped.skipValue() }
    }

    /// A reader of `text`; the payload lives as long as the test needs it because it is kept here.
    private func reader(_ text: String) throws -> JSONReader {
        let payload = JSONTestPayload(Array(text.utf8))
        kept.append(payload)
        return try JSONReader(payload.bytes)
    }

    private func refuses(_ text: String, _ read: (inout JSONReader) throws(FormatError) -> Void) throws {
        var reader = try reader(text)
        #expect(throws: FormatError.self) { try read(&reader) }
        #expect(reader.offset == 0)
    }

    private func readAll(_ text: String) throws {
        var reader = try reader(text)
        try reader.beginObject()
        while let _ = try reader.nextKey() { try reader.skipValue() }
        try reader.expectEnd()
    }

    private let kept = Kept()

    private final class Kept {
        private var payloads: [JSONTestPayload] = []
        func append(_ payload: JSONTestPayload) { payloads.append(payload) }
    }
}

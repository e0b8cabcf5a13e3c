import Testing

@testable import Records

@Suite struct BytesCacheTests {
    private final class Value {}

    private func insert(_ value: Value, for key: String, into cache: BytesCache<Value>) {
        Array(key.utf8).withUnsafeBytes { cache.insert(value, for: $0) }
    }

    private func value(for key: String, in cache: BytesCache<Value>) -> Value? {
        Array(key.utf8).withUnsafeBytes { cache.value(for: $0) }
    }

    @Test func aValueIsFoundByBytesThatAreEqualAndByNoOthers() {
        let cache = BytesCache<Value>(limit: 100)
        var kept: [String: Value] = [:]
        for key in ["", "a", "b", "ab", "12345678", "123456789", "12345678\u{0}", "\u{0}12345678"] {
            kept[key] = Value()
            if let value = kept[key] { insert(value, for: key, into: cache) }
        }
        for (key, kept) in kept { #expect(value(for: key, in: cache) === kept) }
        #expect(value(for: "c", in: cache) == nil)
        #expect(value(for: "1234567", in: cache) == nil)
    }

    @Test func itIsEmptiedWhenItHoldsAsManyAsItMay() {
        let cache = BytesCache<Value>(limit: 2)
        for key in ["a", "b", "c"] { insert(Value(), for: key, into: cache) }
        #expect(value(for: "a", in: cache) == nil)
        #expect(value(for: "c", in: cache) != nil)
    }

    @Test func theBytesOfItsKeysAreBounded() {
        let cache = BytesCache<Value>(limit: 100, byteLimit: 10)
        insert(Value(), for: "123456", into: cache)
        insert(Value(), for: "abcdef", into: cache)
        #expect(value(for: "123456", in: cache) == nil)
        #expect(value(for: "abcdef", in: cache) != nil)
        insert(Value(), for: "longer than all", into: cache)
        #expect(value(for: "longer than all", in: cache) == nil)
    }
}

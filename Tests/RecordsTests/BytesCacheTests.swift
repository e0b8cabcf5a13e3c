import Testing

@testable import Records

@Suite struct BytesCacheTests {
    private final class Value {}

    private func key(_ text: String) -> OutputBuffer { OutputBuffer(holding: Array(text.utf8)) }

    @Test func aValueIsFoundByBytesThatAreEqualAndByNoOthers() {
        let cache = BytesCache<Value>(limit: 100)
        var kept: [(OutputBuffer, Value)] = []
        for text in ["", "a", "b", "ab", "12345678", "123456789", "12345678\u{0}", "\u{0}12345678"] {
            let value = Value()
            cache.insert(value, for: key(text).bytes)
            kept.append((key(text), value))
        }
        for (key, value) in kept { #expect(cache.value(for: key.bytes) === value) }
        #expect(cache.value(for: key("c").bytes) == nil)
        #expect(cache.value(for: key("1234567").bytes) == nil)
    }

    @Test func itIsEmptiedWhenItHoldsAsManyAsItMay() {
        let cache = BytesCache<Value>(limit: 2)
        for text in ["a", "b", "c"] { cache.insert(Value(), for: key(text).bytes) }
        #expect(cache.value(for: key("a").bytes) == nil)
        #expect(cache.value(for: key("c").bytes) != nil)
    }

    @Test func theBytesOfItsKeysAreBounded() {
        let cache = BytesCache<Value>(limit: 100, byteLimit: 10)
        cache.insert(Value(), for: key("123456").bytes)
        cache.insert(Value(), for: key("abcdef").bytes)
        #expect(cache.value(for: key("123456").bytes) == nil)
        #expect(cache.value(for: key("abcdef").bytes) != nil)
        cache.insert(Value(), for: key("longer than all").bytes)
        #expect(cache.value(for: key("longer than all").bytes) == nil)
    }
}

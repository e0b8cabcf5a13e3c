import Records
import Testing

@Suite struct RegularExpressionTests {
    @Test(
        "It matches a text as a whole",
        arguments: [
            ("^customers\\..*", "customers.eu", true), ("^customers\\..*", "customersXeu", false),
            ("^a", "ab", false), ("b$", "ab", false), ("^a|^b", "b", true), ("^a|^b", "bc", false),
            ("^(a|b){2}$", "ab", true), ("x-pii-.*", "x-pii-", true), ("x-pii-.*", "a x-pii-mail", false),
            ("[[:digit:]]+", "042", true), ("a*", "", true), ("ü", "ü", true), ("(?!internal).*", "internal.a", false),
            (".*", "a\nb", true), ("a$", "a\n", false),
        ])
    func matching(_ expression: String, _ text: String, _ isMatch: Bool) throws {
        #expect(try RegularExpression(parsing: expression).matches(text) == isMatch)
    }

    @Test("What is no expression is refused", arguments: ["", "(", ")", "a)|(b", "[a", "a{2,1}", "*\\", "(*UTF)a"])
    func refused(_ expression: String) {
        #expect(throws: RegularExpressionError.self) { try RegularExpression(parsing: expression) }
    }

    @Test("One that is too long is refused")
    func tooLong() throws {
        let longest = String(repeating: "a", count: RegularExpression.maximumBytes)
        #expect(try RegularExpression(parsing: longest).matches(longest))
        #expect(throws: RegularExpressionError.self) { try RegularExpression(parsing: longest + "a") }
    }

    @Test("A zero byte is one like others")
    func zeroByte() throws {
        #expect(try RegularExpression(parsing: "a.*").matches("a\0b"))
        #expect(try !RegularExpression(parsing: "a").matches("a\0"))
    }

    /// Found by fuzzing: an implementation that writes repetitions out, or goes through all ways to match, takes hours.
    @Test(
        arguments: [
            "a" + String(repeating: "+", count: 48), ")+++++++nks", "^()+++++++nks",
            String(repeating: "(", count: 40) + "a" + String(repeating: "+)", count: 40), "((a{99}){99}){99}",
            "(a{1,99}){99}", "a{9999}", "(a|a)*b", "(a*)*b", String(repeating: "(a?)", count: 99) + "b",
        ])
    func howeverManyRepetitionsMultiplyAllEndsSoon(text: String) {
        guard let expression = try? RegularExpression(parsing: text) else { return }
        _ = expression.matches(String(repeating: "a", count: 30_000))
    }

    @Test("What takes too long to decide matches nothing, and may match")
    func undecided() throws {
        let expression = try RegularExpression(parsing: "(a+)+")
        let text = String(repeating: "a", count: 100) + "b"
        #expect(!expression.matches(text))
        #expect(text.utf8.withContiguousStorageIfAvailable { expression.mayMatch(UnsafeRawBufferPointer($0)) } == true)
    }

    @Test(
        arguments: [
            ("[a-z]{1,64}(x+)+", "abcxx"), ("[]a+]+", "]+a"), ("[[:alpha:]]+", "abc"), ("a{2,}", "aaa"),
            (#"x\+\+\+"#, "x+++"), ("(((a+)+)+)+", "aa"),
        ])
    func repetitionsThatStaySmallAreTaken(text: String, match: String) throws {
        #expect(try RegularExpression(parsing: text).matches(match))
    }
}

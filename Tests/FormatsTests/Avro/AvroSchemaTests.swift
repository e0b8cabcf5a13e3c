import AvroCases
import Records
import Testing

@testable import Formats

@Suite struct AvroSchemaTests {
    @Test(
        "The canonical form and the fingerprint are those that Apache Avro publishes",
        arguments: [
            (#""null""#, #""null""#, 7_195_948_357_588_979_594),
            (#"{"type":"boolean"}"#, #""boolean""#, -6_970_731_678_124_411_036),
            (#""int""#, #""int""#, 8_247_732_601_305_521_295),
            (#"{"type":"long"}"#, #""long""#, -3_434_872_931_120_570_953),
            (#""float""#, #""float""#, 5_583_340_709_985_441_680),
            (#""double""#, #""double""#, -8_181_574_048_448_539_266),
            (#""bytes""#, #""bytes""#, 5_746_618_253_357_095_269),
            (#""string""#, #""string""#, -8_142_146_995_180_207_161),
            ("[ ]", "[]", -1_241_056_759_729_112_623),
            (#"[ "int", {"type":"boolean"} ]"#, #"["int","boolean"]"#, 5_392_556_393_470_105_090),
            (
                #"{"fields":[], "type":"record", "name":"foo", "namespace":"x.y", "doc":"d", "aliases":["foo"]}"#,
                #"{"name":"x.y.foo","type":"record","fields":[]}"#, 5_916_914_534_497_305_771
            ),
            (
                #"{"fields":[], "type":"error", "name":"a.b.foo", "namespace":"x.y"}"#,
                #"{"name":"a.b.foo","type":"record","fields":[]}"#, -4_616_218_487_480_524_110
            ),
            (
                #"{"namespace":"x.y.z", "type":"enum", "name":"foo", "doc":"d", "symbols":["A1", "A2"]}"#,
                #"{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}"#, -4_448_647_247_586_288_245
            ),
            (
                #"{"namespace":"x.y.z", "type":"fixed", "name":"foo", "size":32}"#,
                #"{"name":"x.y.z.foo","type":"fixed","size":32}"#, -3_064_184_465_700_546_786
            ),
            (
                #"{ "items":{"type":"null"}, "type":"array"}"#, #"{"type":"array","items":"null"}"#,
                -589_620_603_366_471_059
            ),
            (
                #"{ "values":"string", "type":"map"}"#, #"{"type":"map","values":"string"}"#,
                -8_732_877_298_790_414_990
            ),
            (
                #"{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}"#,
                #"{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}"#,
                -1_759_257_747_318_642_341
            ),
        ] as [(String, String, Int64)])
    func canonicalForm(text: String, canonical: String, fingerprint: Int64) throws {
        let schema = try AvroSchema(parsing: text)
        #expect(schema.canonicalForm == canonical)
        #expect(UInt64(schema.fingerprint, radix: 16) == UInt64(bitPattern: fingerprint))
        #expect(schema.fingerprint.count == 16)
    }

    @Test("A fingerprint with leading zeros keeps its 16 digits")
    func paddedFingerprint() throws {
        let short = try (0..<4000).lazy.map { try AvroSchema(parsing: #"{"type":"fixed","name":"F","size":\#($0)}"#) }
            .first { $0.fingerprint.hasPrefix("00") }
        #expect(try #require(short).fingerprint.count == 16)
    }

    @Test(
        "A schema that Avro allows is accepted",
        arguments: [
            #"{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"],"default":null}]}"#,
            #"{"type":"record","name":"R","fields":[{"name":"children","type":{"type":"array","items":"R"}}]}"#,
            #"{"type":"record","name":"R","fields":[{"name":"byKey","type":{"type":"map","values":"R"}}]}"#,
            #"{"type":"record","name":"R","fields":[{"name":"u","type":["R","int"]}]}"#,
            #"{"type":"record","name":"a.R","fields":[{"name":"x","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"y","type":"a.E"},{"name":"z","type":"E"}]}"#,
            #"{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"fixed","name":"F","size":1}},{"name":"y","type":{"type":"F"}}]}"#,
            #"{"type":"long","logicalType":"nonsense","anything":{"a":[1,-2.5e3,true,null,"\ud83d\ude00\n"]}}"#,
            #"{"type":"bytes","logicalType":"decimal","precision":-1}"#,
            #"{"type":"string","logicalType":"date"}"#,
            #"{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}"#,
            #"["null",{"type":"array","items":"int"},{"type":"map","values":"int"},{"type":"fixed","name":"A","size":0},{"type":"fixed","name":"B","size":2}]"#,
        ])
    func accepted(text: String) throws {
        let schema = try AvroSchema(parsing: text)
        #expect(try AvroSchema(parsing: schema.canonicalForm).canonicalForm == schema.canonicalForm)
    }

    @Test("A name without a dot that its namespace lacks is looked up without a namespace")
    func namespaceFallback() throws {
        let text =
            #"{"type":"record","name":"R","namespace":"n","fields":[{"name":"x","type":{"type":"fixed","name":"F","namespace":"","size":1}},{"name":"y","type":"F"}]}"#
        #expect(try AvroSchema(parsing: text).canonicalForm.hasSuffix(#""type":"F"}]}"#))
    }

    @Test(
        "A schema that Avro forbids is refused with the reason",
        arguments: [
            ("", "ends too early"),
            ("nul", "no JSON value"),
            ("\"int\" x", "follows"),
            ("12", "not another JSON value"),
            (#"{"type":"record","type":"record","name":"R","fields":[]}"#, "appears twice"),
            ("\"a\tb\"", "control character"),
            (#""\ud800""#, "surrogate"),
            (#""\u12g4""#, "hexadecimal"),
            (#"{"type":"array","items":"int",}"#, "member's name"),
            (#"["int" "string"]"#, "expected ','"),
            (#"{"name":"R"}"#, "needs \"type\""),
            (#"{"type":{"type":"string"}}"#, "needs \"type\""),
            (#""Unknown""#, "not defined before"),
            (
                #"{"type":"record","name":"R","fields":[{"name":"x","type":"E"},{"name":"y","type":{"type":"enum","name":"E","symbols":["A"]}}]}"#,
                "not defined before"
            ),
            (#"["int",["string"]]"#, "another union"),
            (#"["int","int"]"#, "two branches 'int'"),
            (#"["string",{"type":"string","logicalType":"uuid"}]"#, "two branches 'string'"),
            (#"[{"type":"array","items":"int"},{"type":"array","items":"long"}]"#, "two branches 'array'"),
            (
                #"{"type":"record","name":"R","fields":[{"name":"x","type":"int"},{"name":"x","type":"int"}]}"#,
                "two fields 'x'"
            ),
            (#"{"type":"enum","name":"E","symbols":["A","A"]}"#, "'A' twice"),
            (#"{"type":"enum","name":"E","symbols":[]}"#, "at least one"),
            (#"{"type":"enum","name":"E","symbols":["a-b"]}"#, "a symbol is"),
            (#"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#, "default"),
            (#"{"type":"fixed","name":"F","size":-1}"#, "size"),
            (#"{"type":"fixed","name":"F","size":1.0}"#, "size"),
            (#"{"type":"fixed","name":"F","size":99999999999999999999}"#, "size"),
            (#"{"type":"fixed","name":"string","size":1}"#, "primitive"),
            (#"{"type":"fixed","name":"n.int","size":1}"#, "primitive"),
            (#"{"type":"fixed","name":"9x","size":1}"#, "name"),
            (#"{"type":"fixed","name":"a..b","size":1}"#, "name"),
            (#"{"type":"fixed","name":"F","namespace":"a b","size":1}"#, "namespace"),
            (#"{"type":"fixed","name":"F","aliases":["a b"],"size":1}"#, "aliases"),
            (#"{"type":"fixed","size":1}"#, "name"),
            (#"{"type":"record","name":"R"}"#, "fields"),
            (#"{"type":"record","name":"R","fields":[{"name":"x"}]}"#, "needs a \"type\""),
            (#"{"type":"record","name":"R","fields":[{"name":"x.y","type":"int"}]}"#, "a field is"),
            (#"{"type":"array"}"#, "items"),
            (#"{"type":"map"}"#, "values"),
            (
                #"[{"type":"fixed","name":"F","size":1},{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"fixed","name":"F","size":2}}]}]"#,
                "defined twice"
            ),
            (#"{"type":"record","name":"R","fields":[{"name":"x","type":"R"}]}"#, "cyclic by value"),
            (#"{"type":"record","name":"R","fields":[{"name":"x","type":["R"]}]}"#, "cyclic by value"),
            (
                #"{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"record","name":"S","fields":[{"name":"y","type":"R"}]}}]}"#,
                "cyclic by value"
            ),
        ])
    func refused(text: String, reason: String) throws {
        let error = try #require(throws: AvroSchemaError.self) { try AvroSchema(parsing: text) }
        #expect(error.description.contains(reason))
    }

    @Test("An error says where in the schema it is")
    func location() throws {
        let text = #"""
            {"type":"record","name":"shop.Customer","fields":[{"name":"banks","type":{"type":"array","items":
            {"type":"record","name":"Bank","fields":[{"name":"iban","type":"Iban"}]}}}]}
            """#
        let error = try #require(throws: AvroSchemaError.self) { try AvroSchema(parsing: text) }
        #expect(error.location == "shop.Bank.iban")
    }

    @Test("The named types of references may be used, and appear in the canonical form where they are first used")
    func references() throws {
        let money = #"{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}"#
        let price = #"{"type":"record","name":"shop.Price","fields":[{"name":"net","type":"Money"}]}"#
        let order =
            #"{"type":"record","name":"shop.Order","fields":[{"name":"a","type":"Price"},{"name":"b","type":"Money"}]}"#
        let schema = try AvroSchema(parsing: order, references: [money, price])
        let canonicalMoney = #"{"name":"shop.Money","type":"record","fields":[{"name":"cents","type":"long"}]}"#
        #expect(
            schema.canonicalForm == #"{"name":"shop.Order","type":"record","fields":[{"name":"a","type":"#
                + #"{"name":"shop.Price","type":"record","fields":[{"name":"net","type":\#(canonicalMoney)}]}},"#
                + #"{"name":"b","type":"shop.Money"}]}"#)
        #expect(throws: AvroSchemaError.self) { try AvroSchema(parsing: order, references: [price, money]) }
        #expect(throws: AvroSchemaError.self) { try AvroSchema(parsing: order, references: [money, money]) }
    }

    @Test("A schema that nests too deep or is too long is refused before anything recurses")
    func bombs() throws {
        for text in [
            String(repeating: "[", count: 500_000), String(repeating: #"{"a":"#, count: 100_000),
            String(repeating: " ", count: AvroSchemaJSON.maximumBytes + 1),
        ] {
            #expect(throws: AvroSchemaError.self) { try AvroSchema(parsing: text) }
        }
    }

    @Test("A schema as deep as is read compiles and reads data of that depth")
    func deepest() throws {
        let levels = 250
        let text = String(repeating: #"{"type":"array","items":"#, count: levels) + "\"string\""
        let schema = try AvroSchema(parsing: text + String(repeating: "}", count: levels))
        let path = FieldPath(segments: Array(repeating: .anyElement, count: FieldPath.maximumSegments))
        let plan = try AvroPlan(schema: schema, paths: [path])
        #expect(plan.rules == [AvroRulePlan(typeName: "array", isHeader: true)])
        let payload = [UInt8](repeating: 2, count: levels) + [2, 0x61] + [UInt8](repeating: 0, count: levels)
        let scan = try AvroScan(payload, plan: plan, scanner: AvroFieldScanner())
        #expect(scan.matches.map(\.path) == [String(repeating: "[0]", count: FieldPath.maximumSegments)])
    }

    @Test("A long chain of references and a doubling of types take neither stack nor time")
    func chains() throws {
        let records = (1...10_000).map {
            #"{"type":"record","name":"R\#($0)","fields":[{"name":"a","type":"R\#($0 - 1)"},{"name":"b","type":"R\#($0 - 1)"}]}"#
        }
        let first = #"{"type":"record","name":"R0","fields":[{"name":"a","type":"null"}]}"#
        let definitions = "[\(([first] + records).joined(separator: ","))]"
        let schema = try AvroSchema(parsing: #"["null","R10000"]"#, references: [definitions])
        #expect(schema.canonicalForm.hasPrefix(#"["null",{"name":"R10000","type":"record","fields":[{"name":"a","#))
    }

    @Test("No cut or change of a schema's text does anything but parse or throw")
    func mutations() {
        var random = AvroRandom(seed: 7)
        let text = Array(
            #"{"type":"record","name":"R","fields":[{"name":"x","type":["null",{"type":"array","items":"R"}]},{"name":"y","type":{"type":"fixed","name":"F","size":12,"logicalType":"duration"}}]}"#
                .utf8)
        for cut in text.indices { _ = try? AvroSchema(parsing: String(decoding: text[..<cut], as: UTF8.self)) }
        for _ in 0..<3000 {
            var changed = text
            changed[Int.random(in: 0..<text.count, using: &random)] = text.randomElement(using: &random) ?? 0
            _ = try? AvroSchema(parsing: String(decoding: changed, as: UTF8.self))
        }
    }
}

import Formats
import KeyManagement
import Records
import SchemaRegistry
import Testing

@testable import Transform

@Suite struct ConvertedRecordTests {
    private typealias Fixture = ConversionFixture

    private static let everyField = ["ssn", "salary", "contact", "tags[*]"]

    @Test("An Avro record becomes JSON text with ciphertexts in it, and comes back byte for byte")
    func avro() throws {
        let fixture = try Fixture()
        let sealed = try fixture.encryptor(["ssn", "contact.street"])(Fixture.personRecord)
        let text = try #require(sealed.text)
        let pattern = try Regex(
            #"\{"ssn":"[A-Za-z0-9+/]{50,}={0,2}","salary":9007199254740993,"contact":\{"test\.Address":\{"street":"[^"]{50,}"\}\},"tags":\["a","b"\]\}"#
        )
        #expect(text.wholeMatch(of: pattern) != nil)
        let layout =
            #""value":{"format":"avro","mode":"convert_json","schema":7,"frame":"AAAAAAc=","pad":16,"fields":[{"path":"ssn","type":"json","key":0},{"path":"contact.street","type":"json","key":0}]}"#
        #expect(sealed.header("fieldseal.envelope")?.contains(layout) == true)
        #expect(sealed.headers.map(\.name).last == Array("fieldseal.envelope".utf8))
        #expect(try fixture.decryptor()(sealed.written()) == Fixture.personRecord.written())
    }

    @Test("Without framing, the schema comes from a file on both sides")
    func unframed() throws {
        let fixture = try Fixture()
        let record = Fixture.record(Fixture.person)
        let schema = Fixture.personSchema
        let sealed = try fixture.encryptor(Self.everyField, format: .avro, schemaText: schema)(record)
        #expect(sealed.header("fieldseal.envelope")?.contains(#""mode":"convert_json","fingerprint":""#) == true)
        #expect(sealed.header("fieldseal.envelope")?.contains("frame") == false)
        #expect(try fixture.decryptor(schemaText: schema)(sealed.written()) == record.written())
        let other = schema.replacing(#""name":"tags""#, with: #""name":"labels""#)
        #expect(try fixture.decryptor(schemaText: other).failure(sealed.written())?.reason == .layoutMismatch)
        #expect(try fixture.decryptor().failure(sealed.written())?.reason == .schemaUnusable)
    }

    @Test("JSON behind the framing of a JSON Schema loses only the framing, whatever its schema says")
    func jsonSchema() throws {
        let fixture = try Fixture([RegisteredSchema(id: 42, type: .jsonSchema, text: "{}")])
        let text = #" {"ssn" : "1\u0032", "n":1.50, "ssn":[2] } "#
        let record = Fixture.record(Fixture.framed(Array(text.utf8), by: 42))
        for format in [PayloadFormat.auto, .jsonSchema] {
            let sealed = try fixture.encryptor(["ssn", "absent"], format: format)(record)
            #expect(sealed.text?.hasPrefix(#" {"ssn" : ""#) == true)
            #expect(
                sealed.header("fieldseal.envelope")?.contains(
                    #"{"format":"json_schema","mode":"convert_json","schema":42,"frame":"AAAAACo=","pad":16,"#) == true)
            #expect(try fixture.decryptor()(sealed.written()) == record.written())
        }
        #expect(
            try fixture.encryptor(["ssn"], format: .jsonSchema).failure(Fixture.personRecord)?.reason == .schemaUnusable
        )
        #expect(try fixture.encryptor(["ssn"], format: .avro).failure(record)?.reason == .schemaUnusable)
        #expect(
            try fixture.encryptor(["ssn"]).failure(Fixture.record(Fixture.framed(Array("{".utf8), by: 42)))?.reason
                == .malformedPayload)
    }

    private static let proto = """
        syntax = "proto3";
        package test;
        message Other { string ssn = 1; }
        message Person {
          string ssn = 1; int64 salary = 2; repeated string tags = 3;
          message Bank { string iban = 1; }
          repeated Bank banks = 4;
        }
        """

    @Test("Protobuf becomes JSON text, and its message index goes along in the frame")
    func protobuf() throws {
        let fixture = try Fixture([RegisteredSchema(id: 42, type: .protobuf, text: Self.proto)])
        // Other, by the short index; Person, by its place; Person.Bank, by its path.
        let other = Fixture.framed([0] + [10, 3] + Array("123".utf8), by: 42)
        let person = Fixture.framed(
            [2, 2] + [10, 3] + Array("123".utf8) + [16, 5, 26, 1, 0x61, 34, 4, 10, 2, 0x44, 0x45], by: 42)
        let bank = Fixture.framed([4, 2, 0] + [10, 2, 0x44, 0x45], by: 42)
        for format in [PayloadFormat.auto, .protobuf] {
            let encryptor = try fixture.encryptor(["ssn", "banks[*].iban", "iban"], format: format)
            for (value, frame) in [
                (person, "AAAAACoCAg=="), (other, "AAAAACoA"), (bank, "AAAAACoEAgA="), (person, "AAAAACoCAg=="),
            ] {
                let record = Fixture.record(value)
                let sealed = try encryptor(record)
                #expect(sealed.value?.first == UInt8(ascii: "{"))
                #expect(sealed.text?.contains("\"DE\"") == false && sealed.text?.contains("\"123\"") == false)
                #expect(
                    sealed.header("fieldseal.envelope")?.contains(
                        #"{"format":"protobuf","mode":"convert_json","schema":42,"frame":"\#(frame)","pad":16,"fields""#
                    )
                        == true)
                #expect(try fixture.decryptor()(sealed.written()) == record.written())
            }
        }
        for odd in [[2], [3, 2], [2, 18], [0xFF], []] as [[UInt8]] {
            let failure = try fixture.encryptor(["ssn"]).failure(Fixture.record(Fixture.framed(odd, by: 42)))
            #expect(failure?.reason == .malformedPayload || failure?.reason == .schemaUnusable, "\(odd)")
        }
    }

    @Test("Protobuf's unknown fields, odd order and index come back from the sealed original")
    func protobufOriginal() throws {
        let fixture = try Fixture([RegisteredSchema(id: 42, type: .protobuf, text: Self.proto)])
        let encryptor = try fixture.encryptor(["ssn"])
        for payload in [
            [10, 1, 0x61, 120, 7], [16, 5, 10, 1, 0x61], [10, 0x81, 0, 0x61], [10, 1, 0x62, 10, 1, 0x61],
        ] as [[UInt8]] {
            for index in [[2, 2], [0x82, 0, 2]] as [[UInt8]] {
                let record = Fixture.record(Fixture.framed(index + payload, by: 42))
                let sealed = try encryptor(record)
                #expect(sealed.headers.contains { $0.name == Array("fieldseal.value.original".utf8) })
                #expect(try fixture.decryptor()(sealed.written()) == record.written())
            }
        }
    }

    @Test("Where the text does not give the bytes back, the original goes along, sealed")
    func original() throws {
        let fixture = try Fixture()
        let record = Fixture.record(Fixture.framed(Fixture.oddPerson))
        let encryptor = try fixture.encryptor(["ssn"])
        let sealed = try encryptor(record)
        #expect(sealed.text?.hasSuffix(#""tags":["a","b"]}"#) == true)
        #expect(sealed.header("fieldseal.envelope")?.contains(#""pad":16,"original":0,"fields""#) == true)
        let names = sealed.headers.suffix(2).map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["fieldseal.value.original", "fieldseal.envelope"])
        #expect(sealed.headers.suffix(2).first?.value?.count == (record.value?.count ?? 0) + 28)
        #expect(try fixture.decryptor()(sealed.written()) == record.written())
        // The next record that needs none has none.
        let plain = try encryptor(Fixture.personRecord)
        #expect(plain.header("fieldseal.envelope")?.contains("original") == false)
        #expect(try fixture.decryptor()(plain.written()) == Fixture.personRecord.written())
    }

    @Test("A changed, missing, moved or uncalled-for original is refused")
    func badOriginal() throws {
        let fixture = try Fixture()
        let encryptor = try fixture.encryptor(["ssn"])
        let sealed = try encryptor(Fixture.record(Fixture.framed(Fixture.oddPerson))).written()
        let place = try #require(sealed.headers.firstIndex { $0.name == Array("fieldseal.value.original".utf8) })
        var changed = sealed
        changed.headers[place].value?[3] ^= 1
        #expect(try fixture.decryptor().failure(changed)?.reason == .authenticationFailed)
        var missing = sealed
        missing.headers.remove(at: place)
        #expect(try fixture.decryptor().failure(missing)?.reason == .layoutMismatch)
        var moved = sealed
        moved.headers[place].name = Array("fieldseal.key.original".utf8)
        #expect(try fixture.decryptor().failure(moved)?.reason == .layoutMismatch)
        var doubled = sealed
        doubled.headers.append(sealed.headers[place])
        #expect(try fixture.decryptor().failure(doubled)?.reason == .malformedEnvelope)
        var uncalled = try encryptor(Fixture.personRecord).written()
        uncalled.headers.append(sealed.headers[place])
        #expect(try fixture.decryptor().failure(uncalled)?.reason == .layoutMismatch)
    }

    @Test("With several keys, what needs its original is refused, and all else is not")
    func severalKeys() throws {
        let fixture = try Fixture()
        let encryptor = try fixture.encryptor(["ssn@pii", "salary@money"])
        #expect(encryptor.failure(Fixture.record(Fixture.framed(Fixture.oddPerson)))?.reason == .payloadRefused)
        let sealed = try encryptor(Fixture.personRecord)
        #expect(try fixture.decryptor()(sealed.written()) == Fixture.personRecord.written())
    }

    @Test("Opened in part it stays JSON, and the last field to be opened brings the original format back")
    func inPart() throws {
        let fixture = try Fixture()
        for payload in [Fixture.person, Fixture.oddPerson] {
            let record = Fixture.record(Fixture.framed(payload))
            let sealed = try fixture.encryptor(["ssn", "contact.street"])(record).written()
            let partly = try fixture.decryptor(["ssn"])(sealed)
            #expect(
                partly.text?.hasPrefix(#"{"ssn":"123","salary":9007199254740993,"contact":{"test.Address":{"street":""#)
                    == true)
            #expect(partly.header("fieldseal.opened") == #"["value:ssn"]"#)
            #expect((partly.header("fieldseal.value.original") != nil) == (payload == Fixture.oddPerson))
            #expect(try fixture.decryptor(["contact.street"])(partly) == record.written())
            #expect(try fixture.decryptor()(partly) == record.written())
            // Whoever opens the same again leaves the rest as it is.
            #expect(try fixture.decryptor(["ssn"])(partly) == partly)
        }
    }

    @Test("A value that is in its own format again, beside a header or key that stays sealed, is left alone")
    func restoredBesideSealedKey() throws {
        let fixture = try Fixture()
        let rules = EncryptionRules(
            value: PartRule(.fields(try Fixture.rules(["ssn"])), schemaDataMode: .convertJSON),
            headers: [
                HeaderRule(
                    name: try RegularExpression(parsing: "h"),
                    key: try KeySecretTemplate(parsing: "in-memory-kms://pii"))
            ])
        let sealed = try fixture.encryptor(rules)(Fixture.personRecord).written()
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(
                headerNames: ["other"], errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")],
                acceptsPartlyOpened: true),
            keys: DataKeyReader(cache: fixture.keys.cache), schemas: fixture.schemas.makeReader())
        let partly = try decryptor(sealed)
        #expect(partly.value == Fixture.personRecord.value)
        #expect(partly.header("fieldseal.opened") == #"["value:ssn"]"#)
        #expect(try fixture.decryptor()(partly) == Fixture.personRecord.written())
        #expect(try fixture.decryptor(["tags[*]"]).failure(partly)?.reason == .layoutMismatch)
    }

    @Test("A value that is said to be opened must be in the framing that the layout tells", arguments: 0...6)
    func restoredWithoutItsFraming(count: Int) throws {
        let fixture = try Fixture()
        var record = try fixture.encryptor(["ssn"])(Fixture.personRecord).written()
        record.setHeader("fieldseal.opened", #"["value:ssn"]"#)
        // Of another schema, where it is not cut off.
        record.value = Array(Fixture.framed(Fixture.person, by: 8).prefix(count))
        #expect(try fixture.decryptor(["tags[*]"]).failure(record)?.reason == .layoutMismatch)
        #expect(try fixture.decryptor().failure(record)?.reason == .layoutMismatch)
    }

    @Test("A field whose key is refused gets its type's default, and the record is Avro again")
    func defaultValue() throws {
        let fixture = try Fixture()
        let encryptor = try fixture.encryptor(["ssn@pii", "salary@money", "contact@money", "tags[*]@money"])
        let sealed = try encryptor(Fixture.personRecord).written()
        let poor = try TransformFixture(keys: ["pii"])
        let opened = try fixture.decryptor(errorPolicy: .defaultValue, keys: poor)(sealed)
        #expect(
            opened.value
                == Fixture.framed([6] + Array("123".utf8) + [2, 0, 2, 0, 4, 0, 0, 0]))
        #expect(opened.header("fieldseal.opened") == #"["value:ssn"]"#)
        #expect(opened.header("fieldseal.defaulted") == #"["value:salary","value:contact","value:tags[*]"]"#)
        #expect(try fixture.decryptor(keys: poor).failure(sealed)?.reason == .keyRefused)
        // A failed tag is no refusal.
        var changed = sealed
        changed.value = Array((sealed.text ?? "").replacing(#""ssn":"A"#, with: #""ssn":"B"#).utf8)
        changed.value =
            changed.value == sealed.value
            ? Array((sealed.text ?? "").replacing(#"{"ssn":""#, with: #"{"ssn":"AAAA"#).utf8) : changed.value
        #expect(
            try fixture.decryptor(errorPolicy: .defaultValue, keys: poor).failure(changed)?.reason
                == .authenticationFailed)
    }

    @Test("With its only key refused, a record with an original keeps it, and is made of defaults")
    func defaultWithOriginal() throws {
        let fixture = try Fixture()
        let sealed = try fixture.encryptor(["ssn"])(Fixture.record(Fixture.framed(Fixture.oddPerson))).written()
        let poor = try TransformFixture(keys: ["money"])
        let opened = try fixture.decryptor(errorPolicy: .defaultValue, keys: poor)(sealed)
        #expect(opened.value == Fixture.framed([0] + Fixture.person.dropFirst(4)))
        #expect(opened.headers.contains { $0.name == Array("fieldseal.value.original".utf8) })
        // What was lost in the text stays lost.
        #expect(try fixture.decryptor()(opened).value == opened.value)
    }

    @Test("Text that was changed on the way does not become a record of another shape")
    func hostileText() throws {
        let fixture = try Fixture()
        let sealed = try fixture.encryptor(["ssn"])(Fixture.personRecord).written()
        let text = try #require(sealed.text)
        for (what, with) in [
            (#""salary":9007199254740993"#, #""salary":"many""#), (#","tags":["a","b"]"#, ""),
            (#""tags":["a","b"]"#, #""tags":["a","b"],"more":1"#), ("test.Address", "test.Other"), ("}}", "}"),
            (#"["a","b"]"#, String(repeating: "[", count: 600)),
        ] {
            var changed = sealed
            changed.value = Array(text.replacing(what, with: with).utf8)
            #expect(changed != sealed)
            #expect(try fixture.decryptor().failure(changed)?.reason == .malformedPayload, "\(what)")
        }
    }

    @Test("A field of JSON Schema whose key is refused holds null")
    func jsonSchemaDefault() throws {
        let fixture = try Fixture([RegisteredSchema(id: 42, type: .jsonSchema, text: "{}")])
        let record = Fixture.record(Fixture.framed(Array(#"{"a": 1,"b":"x"}"#.utf8), by: 42))
        let sealed = try fixture.encryptor(["a@money", "b@pii"])(record).written()
        let poor = try TransformFixture(keys: ["pii"])
        let opened = try fixture.decryptor(errorPolicy: .defaultValue, keys: poor)(sealed)
        #expect(opened.value == Fixture.framed(Array(#"{"a": null,"b":"x"}"#.utf8), by: 42))
        #expect(opened.header("fieldseal.defaulted") == #"["value:a"]"#)
    }

    @Test("A layout that contradicts itself or the registry is refused")
    func hostileLayout() throws {
        let fixture = try Fixture([RegisteredSchema(id: 42, type: .jsonSchema, text: "{}")])
        let sealed = try fixture.encryptor(["ssn"])(Fixture.personRecord).written()
        let envelope = try #require(sealed.header("fieldseal.envelope"))
        for (what, with) in [
            (#""schema":7"#, #""schema":42"#), (#""frame":"AAAAAAc=""#, #""frame":"AAAAAAg=""#),
            (#""frame":"AAAAAAc=","#, ""), (#""schema":7,"#, ""), (#""format":"avro""#, #""format":"json_schema""#),
            (#""format":"avro""#, #""format":"json""#), (#""frame":"AAAAAAc=""#, #""frame":"AAAAAAcA""#),
            (#""frame":"AAAAAAc=""#, #""frame":"AQAAAAc=""#), (#""mode":"convert_json""#, #""mode":"preserve_avro""#),
            (#""type":"json""#, #""type":"string""#), (#""key":0}"#, #""key":0,"in":"header"}"#),
            (#""mode":"convert_json","schema""#, #""mode":"convert_json","fingerprint":"0123456789abcdef","schema""#),
        ] {
            var changed = sealed
            changed.setHeader("fieldseal.envelope", envelope.replacing(what, with: with))
            #expect(changed != sealed)
            let reason = try fixture.decryptor().failure(changed)?.reason
            #expect(reason == .layoutMismatch || reason == .malformedEnvelope || reason == .malformedPayload, "\(with)")
        }
    }

    @Test("A tombstone stays one; what is malformed or does not fit the rules is refused")
    func edges() throws {
        let fixture = try Fixture()
        let encryptor = try fixture.encryptor(["ssn"])
        let tombstone = Fixture.record(nil)
        #expect(try fixture.decryptor()(encryptor(tombstone).written()) == tombstone.written())
        #expect(encryptor.failure(Fixture.record([0, 0, 0, 0, 7, 9]))?.reason == .malformedPayload)
        #expect(encryptor.failure(Fixture.record([0, 0, 0, 0, 9]))?.reason == .schemaUnknown)
        let wrong = try fixture.encryptor(["ssn.digits"]).failure(Fixture.personRecord)
        #expect(wrong?.reason == .schemaUnusable)
        #expect(wrong?.field == "ssn.digits")
    }

    @Test("A key's address may read a field of what becomes JSON text")
    func addresses() throws {
        let fixture = try Fixture([RegisteredSchema(id: 42, type: .jsonSchema, text: "{}")])
        let json = Fixture.record(Fixture.framed(Array(#"{"ssn":1,"tenant":"acme"}"#.utf8), by: 42))
        let sealed = try fixture.encryptor(["ssn@{{record.value.tenant}}"])(json)
        #expect(sealed.header("fieldseal.envelope")?.contains("in-memory-kms://acme") == true)
        #expect(try fixture.decryptor()(sealed.written()) == json.written())
        let avro = try fixture.encryptor(["salary@{{record.value.ssn}}"])
        #expect(avro.failure(Fixture.personRecord)?.message.contains("123") == true)
    }

    @Test("Fields of a key become JSON text too, bound to nothing but themselves")
    func keyPart() throws {
        let fixture = try Fixture()
        let rules = EncryptionRules(
            key: PartRule(.fields(try Fixture.rules(["ssn"])), schemaDataMode: .convertJSON),
            value: PartRule(.fields(try Fixture.rules(["salary"])), schemaDataMode: .convertJSON))
        let encryptor = try fixture.encryptor(rules)
        for key in [Fixture.person, Fixture.oddPerson] {
            let record = Fixture.record(Fixture.framed(Fixture.oddPerson), key: Fixture.framed(key))
            let sealed = try encryptor(record).written()
            #expect(sealed.key?.first == UInt8(ascii: "{"))
            #expect(
                sealed.headers.contains { $0.name == Array("fieldseal.key.original".utf8) }
                    == (key == Fixture.oddPerson))
            #expect(try fixture.decryptor()(sealed) == record.written())
        }
    }
}

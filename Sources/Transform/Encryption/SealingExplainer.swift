import Formats
public import KeyManagement
public import Records
public import SchemaRegistry

/// Tells what an encryptor with the same rules would seal, why, and where to, without sealing anything: no KMS is asked.
///
/// Not thread-safe.
public final class SealingExplainer {
    private let rules: EncryptionRules
    private let schemas: PayloadSchemas
    private let keyForms: PartForms
    private let valueForms: PartForms
    private let key: PartSealer
    private let value: PartSealer

    /// Makes an explainer; the parameters are those of `RecordEncryptor`.
    ///
    /// - Throws: where the rules can't be carried out.
    public init(
        rules: EncryptionRules, target: String, keys reader: DataKeyReader, schemas registry: SchemaReader? = nil
    ) throws(TransformError) {
        self.rules = rules
        let keys = SealingKeys(topic: Array(target.utf8), reader: reader)
        let lookups = ValueLookups(templates: rules.keyTemplates).paths
        schemas = try PayloadSchemas(text: rules.value.schemaText, registry: registry)
        keyForms = try PartForms(
            of: .key, rule: rules.key, padding: rules.padding, lookups: [], keys: keys,
            schemas: try PayloadSchemas(text: rules.key.schemaText, registry: registry))
        valueForms = try PartForms(
            of: .value, rule: rules.value, padding: rules.padding, lookups: lookups, keys: keys, schemas: schemas)
        key = PartSealer(.key, forms: keyForms, rule: rules.key)
        value = PartSealer(.value, forms: valueForms, rule: rules.value)
    }

    /// What is sealed, as far as the configuration alone tells.
    public func explain() -> [SealingEntry] {
        entries(.key, rules.key, keyForms.unframed) + entries(.value, rules.value, valueForms.unframed, schemas.file)
            + headers()
    }

    /// What is sealed of records whose values have this schema.
    ///
    /// - Throws: where the schema can't be used, or the rules do not fit it.
    public func explain(schema: RegisteredSchema) throws(TransformError) -> [SealingEntry] {
        // No record tells which message of a Protobuf schema it holds: the first one, which mostly is the only one.
        let frame = schema.type == .protobuf ? [UInt8](repeating: 0, count: ConfluentFraming.length + 1) : []
        let form = try valueForms.form(of: schema, frame: frame)
        let avro = schema.type == .avro ? try schemas.avro(schema) : nil
        return entries(.key, rules.key, keyForms.unframed) + entries(.value, rules.value, form, avro) + headers()
    }

    /// What is sealed of this record, with what each rule reached in it.
    ///
    /// - Throws: where the record would be refused; a transient error may name what `obtain` is to get.
    public func explain(_ record: RecordView, now: Int64) throws(TransformError) -> [SealingEntry] {
        let keyForm = try key.begin(record.key, now: now)
        let valueForm = try value.begin(record.value, now: now)
        return keyForm.use { entries(.key, rules.key, $0, finder: key.finder) }
            + valueForm.use { entries(.value, rules.value, $0, finder: value.finder) } + headers(of: record)
    }

    /// Waits for a schema.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        guard case .schema(let id) = need else { return false }
        return schemas.obtain(id: id, within: milliseconds)
    }

    private func entries(
        _ part: RecordPart, _ rule: PartRule, _ form: PartForm?, _ schema: AvroSchema? = nil,
        finder: FieldFinder? = nil
    ) -> [SealingEntry] {
        switch rule.sealing {
        case .nothing: return []
        case .payload(let payload):
            let sealed = SealingEntry.Sealed(type: "payload", ciphertext: .inPlace)
            return [
                SealingEntry(
                    part: "\(part.name)", path: "", key: payload.key.text, algorithm: payload.algorithm.rawValue,
                    sealed: [sealed])
            ]
        case .fields(let listed):
            // A null, of which nothing is sealed, says nothing of what the rules do elsewhere.
            let isKnown = form?.plan != nil
            let fields = isKnown ? form?.rules ?? [] : listed
            return fields.enumerated().map { index, field in
                SealingEntry(
                    part: "\(part.name)", path: field.path.description, choice: field.choice, key: field.key.text,
                    algorithm: field.algorithm.rawValue, sealed: sealed(index, part, rule, form),
                    canMatch: canMatch(index, field.path, form, schema),
                    matches: matches(index, form, finder))
            }
        }
    }

    private func sealed(
        _ index: Int, _ part: RecordPart, _ rule: PartRule, _ form: PartForm?
    ) -> [SealingEntry.Sealed] {
        switch form?.plan?.reading {
        case .avro(let shape):
            return shape.use(\.plan).sealings[index].map { sealing in
                SealingEntry.Sealed(
                    type: sealing.typeName,
                    ciphertext: sealing.placement == .inline ? .inPlace : .header("\(part.sealedHeader.bytes.text)"),
                    placeholder: sealing.placeholder)
            }
        case .json, .converted: return [SealingEntry.Sealed(type: "json", ciphertext: .inPlace)]
        case nil: return rule.format == .json ? [SealingEntry.Sealed(type: "json", ciphertext: .inPlace)] : []
        }
    }

    private func canMatch(_ index: Int, _ path: FieldPath, _ form: PartForm?, _ schema: AvroSchema?) -> Bool? {
        switch form?.plan?.reading {
        case .avro(let shape): return !shape.use(\.plan).sealings[index].isEmpty
        case .converted:
            guard let schema, let plan = try? AvroPlan(schema: schema, paths: [path]) else { return nil }
            return !plan.typeNames.isEmpty
        case .json, nil: return nil
        }
    }

    private func matches(_ index: Int, _ form: PartForm?, _ finder: FieldFinder?) -> [String] {
        guard let finder, let reading = form?.plan?.reading else { return [] }
        return finder.matches(by: reading).filter { $0.rule == index }.map { finder.path($0.path, by: reading).text }
    }

    private func headers(of record: RecordView? = nil) -> [SealingEntry] {
        var names: [[String]] = Array(repeating: [], count: rules.headers.count)
        for header in record?.headers ?? UnsafeBufferPointer(start: nil, count: 0) {
            guard let rule = rules.headers.firstIndex(where: { $0.name.matches(header.name) }) else { continue }
            names[rule].append(header.name.text)
        }
        return zip(rules.headers, names).map { rule, names in
            SealingEntry(
                part: "header", path: rule.name.text, key: rule.key.text, algorithm: rule.algorithm.rawValue,
                sealed: [.init(type: "header", ciphertext: .inPlace)], matches: names)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as text, for people.
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

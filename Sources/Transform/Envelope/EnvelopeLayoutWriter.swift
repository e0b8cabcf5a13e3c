import Records

extension EnvelopeLayout {
    /// Line 1 without its line feed, members in the order that docs/wire-format.md gives.
    func encoded() -> [UInt8] {
        let out = OutputBuffer(capacity: 512)
        out.append("{\"v\":")
        out.append(decimal: Self.version)
        out.append(",\"topic\":")
        out.append(quoted: topic)
        if bindsKey { out.append(",\"bind\":[\"key\"]") }
        out.append(",\"algs\":[")
        for (index, algorithm) in algorithms.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(quoted: Array(algorithm.rawValue.utf8))
        }
        out.append("]")
        append(key, named: ",\"key\":", to: out)
        append(value, named: ",\"value\":", to: out)
        appendHeaders(to: out)
        out.append("}")
        return Array(out.bytes)
    }

    private func append(_ part: Part?, named name: StaticString, to out: OutputBuffer) {
        guard let part else { return }
        out.append(name)
        switch part {
        case .payload(let key, let compression):
            out.append("{\"payload\":")
            out.append(decimal: key)
            if compression != .none {
                out.append(",\"compression\":")
                out.append(quoted: Array(compression.rawValue.utf8))
            }
            out.append("}")
        case .fields(let sealed): append(sealed, to: out)
        }
    }

    private func append(_ sealed: SealedFields, to out: OutputBuffer) {
        out.append("{\"format\":")
        out.append(quoted: Array(sealed.format.rawValue.utf8))
        if let mode = sealed.mode {
            out.append(",\"mode\":")
            out.append(quoted: Array(mode.rawValue.utf8))
        }
        if let schema = sealed.schema {
            out.append(",\"schema\":")
            out.append(decimal: Int(schema))
        }
        if let fingerprint = sealed.fingerprint {
            out.append(",\"fingerprint\":")
            out.append(quoted: fingerprint)
        }
        if let frame = sealed.frame {
            out.append(",\"frame\":")
            out.append(quoted: Array(Base64.encode(frame).utf8))
        }
        if sealed.pad > 0 {
            out.append(",\"pad\":")
            out.append(decimal: sealed.pad)
        }
        if let original = sealed.original {
            out.append(",\"original\":")
            out.append(decimal: original)
        }
        out.append(",\"fields\":[")
        for (index, field) in sealed.fields.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            append(field, to: out)
        }
        out.append("]}")
    }

    private func append(_ field: SealedField, to out: OutputBuffer) {
        out.append("{\"path\":")
        out.append(quoted: Array(field.path.description.utf8))
        out.append(",\"type\":")
        out.append(quoted: field.type)
        out.append(",\"key\":")
        out.append(decimal: field.key)
        if field.isInHeader { out.append(",\"in\":\"header\"") }
        out.append("}")
    }

    private func appendHeaders(to out: OutputBuffer) {
        guard !headers.isEmpty else { return }
        out.append(",\"headers\":[")
        for (index, header) in headers.enumerated() {
            out.append(index > 0 ? ",{\"name\":" : "{\"name\":")
            out.append(quoted: header.name)
            out.append(",\"key\":")
            out.append(decimal: header.key)
            out.append("}")
        }
        out.append("]")
    }
}

extension OutputBuffer {
    /// Appends text as a JSON string.
    func append(quoted text: [UInt8]) {
        text.withUnsafeBytes { FieldPath.appendQuoted($0, to: self) }
    }
}

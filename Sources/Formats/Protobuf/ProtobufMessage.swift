import CProtobufReflection

/// A message type, which lives as long as its schema.
struct ProtobufMessage: Hashable {
    let schema: OpaquePointer
    let handle: OpaquePointer

    /// What its values look like in JSON.
    var value: ProtobufValue {
        let kind = pbr_message_kind(handle)
        return kind == PBR_MESSAGE ? .message(self) : ProtobufValue(kind)
    }

    /// Its name with its package.
    var name: String {
        var count = 0
        let bytes = UnsafeRawBufferPointer(start: pbr_message_name(handle, &count), count: count)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Its own fields, without extensions.
    var fields: [ProtobufShape] {
        (0..<pbr_message_field_count(handle)).map {
            ProtobufShape(pbr_message_field_at(schema, handle, $0), schema: schema)
        }
    }

    /// The field of this .proto name, or the extension of the full name in brackets.
    func field(named name: [UInt8]) -> ProtobufShape? {
        var field = pbr_field()
        let isThere = name.withUnsafeBytes {
            pbr_message_field_named(schema, handle, $0.bindMemory(to: CChar.self).baseAddress, $0.count, &field)
        }
        return isThere ? ProtobufShape(field, schema: schema) : nil
    }
}

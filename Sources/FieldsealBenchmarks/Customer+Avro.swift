extension Customer {
    /// The Avro schema of the same record.
    static let avroSchema = """
        {"type":"record","name":"Customer","namespace":"bench","fields":[
          {"name":"id","type":"long"},{"name":"firstName","type":"string"},{"name":"lastName","type":"string"},
          {"name":"email","type":"string"},{"name":"phone","type":["null","string"]},{"name":"ssn","type":"string"},
          {"name":"birthDate","type":"string"},{"name":"isActive","type":"boolean"},{"name":"balance","type":"double"},
          {"name":"score","type":"int"},
          {"name":"address","type":{"type":"record","name":"Address","fields":[
            {"name":"street","type":"string"},{"name":"city","type":"string"},{"name":"country","type":"string"},
            {"name":"postalCode","type":"string"}]}},
          {"name":"orders","type":{"type":"array","items":{"type":"record","name":"Order","fields":[
            {"name":"number","type":"long"},{"name":"item","type":"string"},{"name":"amount","type":"double"}]}}},
          {"name":"tags","type":{"type":"array","items":"string"}},{"name":"notes","type":"string"},
          {"name":"createdAt","type":"long"},{"name":"locale","type":"string"}]}
        """

    /// The record in Avro's binary encoding, without framing.
    var avro: [UInt8] {
        var out = AvroEncoder()
        out.long(id)
        for text in [firstName, lastName, email] { out.string(text) }
        out.long(1)
        for text in [phone, ssn, birthDate] { out.string(text) }
        out.boolean(isActive)
        out.double(balance)
        out.long(score)
        for text in [street, city, country, postalCode] { out.string(text) }
        out.long(orders.count)
        for order in orders {
            out.long(order.number)
            out.string(order.item)
            out.double(order.amount)
        }
        out.long(0)
        out.long(tags.count)
        for tag in tags { out.string(tag) }
        out.long(0)
        out.string(notes)
        out.long(createdAt)
        out.string(locale)
        return out.bytes
    }
}

/// Writes Avro's binary encoding (Avro 1.12, "Binary Encoding").
private struct AvroEncoder {
    var bytes: [UInt8] = []

    mutating func long(_ value: Int) {
        var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func string(_ text: String) {
        long(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func boolean(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    mutating func double(_ value: Double) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

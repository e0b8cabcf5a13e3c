import Cryptography
import Formats
import Records

/// Line 1 of an envelope: what is sealed in a record, and how. docs/wire-format.md describes it member by member.
struct EnvelopeLayout: Equatable {
    /// The version that this code writes and reads.
    static let version = 1
    /// The longest envelope, both lines and the line feed between them, in bytes.
    static let maximumBytes = 65_536
    /// The most DEKs in one record.
    static let maximumKeys = 64

    /// The topic that the record was written to.
    var topic: [UInt8]
    /// Whether ciphertexts are bound to the record's key.
    var bindsKey: Bool
    /// One for each DEK of line 2.
    var algorithms: [Algorithm]
    var key: Part?
    var value: Part?
    var headers: [SealedHeader] = []

    /// A part of a record: one ciphertext, or a payload with sealed fields.
    enum Part: Equatable {
        case payload(key: Int, compression: Compression)
        case fields(SealedFields)
    }

    /// The formats whose fields can be sealed.
    enum Format: String, CaseIterable {
        case json
        case avro
        case jsonSchema = "json_schema"
        case protobuf
    }

    /// What becomes of a payload that is not plain JSON.
    enum Mode: String, CaseIterable {
        case preserveAvro = "preserve_avro"
        case convertJSON = "convert_json"
    }

    /// A payload with sealed fields.
    struct SealedFields: Equatable {
        var format: Format
        var mode: Mode?
        var schema: UInt32?
        /// CRC-64-AVRO of the schema's Parsing Canonical Form, 16 lower-case hexadecimal digits.
        var fingerprint: [UInt8]?
        var frame: [UInt8]?
        /// 1 to 256; 0 for no padding.
        var pad: Int
        /// The DEK that sealed the original payload, where JSON can't carry it.
        var original: Int?
        var fields: [SealedField]
    }

    /// A rule and what it seals.
    struct SealedField: Equatable {
        var path: FieldPath
        /// The AAD's type name, or `union`.
        var type: [UInt8]
        /// Index of the DEK.
        var key: Int
        /// Whether ciphertexts stand in a record header.
        var isInHeader: Bool
    }

    /// A header that is sealed, every occurrence of its name.
    struct SealedHeader: Equatable {
        var name: [UInt8]
        var key: Int
    }

    /// Whether nothing in the record is sealed.
    var sealsNothing: Bool { key == nil && value == nil && headers.isEmpty }
}

extension EnvelopeLayout.Part {
    /// The part with other indices in the place of its DEKs'.
    func mapKeys(_ index: (Int) -> Int) -> EnvelopeLayout.Part {
        switch self {
        case .payload(let key, let compression): return .payload(key: index(key), compression: compression)
        case .fields(var sealed):
            sealed.original = sealed.original.map(index)
            for field in sealed.fields.indices { sealed.fields[field].key = index(sealed.fields[field].key) }
            return .fields(sealed)
        }
    }
}

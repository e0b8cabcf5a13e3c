/// A schema to generate records of.
package struct ProtobufModel {
    indirect enum Kind {
        case scalar(String)
        case enumeration
        case message(Int)
        case group(Int)
        case map(key: String, value: Kind)
        /// A message of google/protobuf.
        case known(String)
    }

    enum Label: Equatable {
        case implicit
        case optional
        case required
        case repeated(isPacked: Bool)
        case oneof(Int)
    }

    struct Field {
        var name: String
        var number: Int
        var kind: Kind
        var label: Label
        var options: [String] = []
        var isExtension = false
    }

    struct Message {
        var name: String
        /// With the package, and a point before it.
        var fullName: String
        var fields: [Field] = []
        /// Which message it stands in; nil at the top of a file.
        var parent: Int?
        var isGroup = false
        var isImported = false
    }

    var isProto2: Bool
    /// Its package, which no other seed's has.
    package var name: String
    var messages: [Message] = []
    var enumValues: [(name: String, number: Int32)] = []

    static let scalars = [
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
        "sfixed64", "bool", "string", "bytes",
    ]
    static let knownTypes = [
        "Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue", "Any", "Empty", "DoubleValue",
        "FloatValue",
        "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue", "BytesValue",
    ]
    private static let knownFiles = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"]

    package var importedName: String { "shared/\(name).proto" }
    private var syntax: String { "syntax = \"\(isProto2 ? "proto2" : "proto3")\";\n" }
    private static var imports: String {
        knownFiles.map { "import \"google/protobuf/\($0).proto\";\n" }.joined()
    }

    /// A path to every other field of the first message, or to what is in it.
    package var paths: [String] {
        messages[0].fields.enumerated().filter { $0.offset % 2 == 0 }.map { position, field in
            let name = field.isExtension ? "\"[\(self.name).\(field.name)]\"" : field.name
            switch (field.kind, field.label) {
            case (.map, _): return position % 4 == 0 ? "\(name).*" : name
            case (_, .repeated): return position % 4 == 0 ? "\(name)[*]" : name
            default: return name
            }
        }
    }

    /// The schema's own file.
    package var text: String {
        var lines = syntax + "package \(name);\nimport \"\(importedName)\";\n" + Self.imports
        for index in messages.indices where messages[index].parent == nil && !messages[index].isImported {
            lines += messageText(index)
        }
        let extensions = messages[0].fields.filter(\.isExtension).map(fieldText).joined()
        return extensions.isEmpty ? lines : lines + "extend .\(name).M0 {\n\(extensions)}\n"
    }

    /// The file that it imports, with the enum.
    package var importedText: String {
        let values = enumValues.map { "  \($0.name) = \($0.number);\n" }.joined()
        let enumeration = "enum Kind {\n  option allow_alias = true;\n\(values)}\n"
        let inside = messages.indices.filter { messages[$0].isImported && messages[$0].parent == nil }
        return syntax + "package \(name);\n" + Self.imports + enumeration + inside.map(messageText).joined()
    }

    private func messageText(_ index: Int) -> String {
        "message \(messages[index].name) {\n\(bodyText(index))}\n"
    }

    private func bodyText(_ index: Int) -> String {
        let message = messages[index]
        var lines = ""
        for other in messages.indices where messages[other].parent == index && !messages[other].isGroup {
            lines += messageText(other)
        }
        if index == 0, isProto2 { lines += "  extensions 100000 to 100999;\n" }
        var oneofs: [Int: String] = [:]
        for field in message.fields where !field.isExtension {
            if case .oneof(let number) = field.label {
                oneofs[number, default: ""] += fieldText(field)
            } else {
                lines += fieldText(field)
            }
        }
        return lines + oneofs.map { "oneof choice\($0.key) {\n\($0.value)}\n" }.joined()
    }

    private func fieldText(_ field: Field) -> String {
        var label = ""
        switch field.label {
        case .implicit, .oneof: break
        case .optional: label = "optional "
        case .required: label = "required "
        case .repeated: label = "repeated "
        }
        if case .group(let index) = field.kind {
            return "  \(label)group \(messages[index].name) = \(field.number) {\n\(bodyText(index))}\n"
        }
        if case .map = field.kind { label = "" }
        let options = field.options.isEmpty ? "" : " [\(field.options.joined(separator: ", "))]"
        return "  \(label)\(typeText(field.kind)) \(field.name) = \(field.number)\(options);\n"
    }

    private func typeText(_ kind: Kind) -> String {
        switch kind {
        case .scalar(let name): name
        case .enumeration: ".\(name).Kind"
        case .message(let index), .group(let index): messages[index].fullName
        case .map(let key, let value): "map<\(key), \(typeText(value))>"
        case .known(let name): ".google.protobuf.\(name)"
        }
    }
}

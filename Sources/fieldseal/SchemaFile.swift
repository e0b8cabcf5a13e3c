import Foundation
import SchemaRegistry
import Transform

/// A schema that is given to a command as a file.
struct SchemaFile {
    /// Why a file is of no use.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let maximumBytes = 1 << 20

    let path: String
    private let format: PayloadFormat

    init(path: String, _ rule: PartRule) {
        self.path = path
        format = rule.format
    }

    /// The schema, of the pair's format; where that is `auto`, of the one that it is written in.
    func read() throws -> RegisteredSchema {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure(description: "can't read \(path): \(error.localizedDescription)")
        }
        guard data.count <= Self.maximumBytes, let text = String(data: data, encoding: .utf8) else {
            throw Failure(description: "\(path) is no text of at most \(Self.maximumBytes) bytes")
        }
        return RegisteredSchema(id: 0, type: type(of: text), text: text)
    }

    private func type(of text: String) -> SchemaType {
        switch format {
        case .avro: return .avro
        case .jsonSchema: return .jsonSchema
        case .protobuf: return .protobuf
        default: break
        }
        if path.hasSuffix(".proto") { return .protobuf }
        // A record, an enum and a fixed have names; a JSON Schema has none, whatever its "type" is.
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        guard let object else { return .avro }
        let isAvro = object["name"] != nil || object["items"] is String || object["values"] != nil
        return isAvro ? .avro : .jsonSchema
    }
}

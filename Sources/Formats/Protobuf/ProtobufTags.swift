import CProtobufReflection
import Records

/// The fields of a Protobuf message that its tags choose.
public enum ProtobufTags {
    /// Finds them: custom options of fields and of messages, `confluent.field_meta` and `confluent.message_meta` among them,
    /// and the tags that a registry keeps of `package.Message.field`.
    ///
    /// - Parameters:
    ///   - schema: the schema.
    ///   - messagePath: the message's place in it, as `ProtobufJSONConversion` takes it.
    /// - Throws: where there is no such message, and where the tags have no finite list of paths, contradict each other, or
    ///   choose the whole message.
    public static func fields(
        of schema: ProtobufSchema, messagePath: [Int32], by selection: TagSelection,
        metadata: MetadataTags = MetadataTags()
    ) throws(TagError) -> [TaggedField] {
        guard let message = schema.message(at: messagePath) else {
            throw TagError(at: "", "the schema has no certain message at the index path \(messagePath)")
        }
        var builder = ProtobufGraph()
        let graph = try builder.graph(of: message)
        return try withExtendedLifetime(schema) { () throws(TagError) in
            try TaggedFieldSearch.fields(of: graph, by: selection, metadata: metadata)
        }
    }
}

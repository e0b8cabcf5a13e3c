import Records

/// The fields of a JSON Schema that its tags choose.
public enum JSONSchemaTags {
    /// Finds them: attributes of subschemas, and the tags that a registry keeps of `$.a.b`.
    ///
    /// Members that `patternProperties`, `additionalProperties` or `unevaluatedProperties` describe have no names, so that a
    /// tag there seals every member of the object, and one in `items` every element.
    ///
    /// - Parameters:
    ///   - text: the schema.
    ///   - references: other schemas by the names that a `$ref` calls them by.
    /// - Throws: where the text is no schema or refers to what is not there, and where the tags have no finite list of
    ///   paths, contradict each other, or choose the whole document.
    public static func fields(
        of text: String, references: [(name: String, text: String)] = [], by selection: TagSelection,
        metadata: MetadataTags = MetadataTags()
    ) throws(TagError) -> [TaggedField] {
        var builder = JSONSchemaGraph(documents: [("", text)] + references)
        let graph = try builder.build()
        return try TaggedFieldSearch.fields(of: graph, by: selection, metadata: metadata)
    }
}

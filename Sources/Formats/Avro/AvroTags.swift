import Records

/// The fields of an Avro schema that its tags choose.
public enum AvroTags {
    /// Finds them: attributes of fields and of named types, and the tags that a registry keeps of `Record.field`.
    ///
    /// What is written on an unnamed type or on a reference to a named one counts as written on the field that it belongs
    /// to. A chosen list or map is sealed whole.
    ///
    /// - Throws: where the tags have no finite list of paths, contradict each other, or choose the whole datum.
    public static func fields(
        of schema: AvroSchema, by selection: TagSelection, metadata: MetadataTags = MetadataTags()
    ) throws(TagError) -> [TaggedField] {
        try TaggedFieldSearch.fields(of: graph(of: schema), by: selection, metadata: metadata)
    }

    private static func graph(of schema: AvroSchema) -> SchemaGraph {
        var graph = SchemaGraph(places: schema.types.map(place), root: schema.root)
        guard !schema.attributes.isEmpty else { return graph }
        graph.places.append(
            SchemaGraph.Place(name: "the schema", attributes: schema.attributes, edges: [.init(target: schema.root)]))
        graph.root = graph.places.count - 1
        return graph
    }

    private static func place(_ type: AvroType) -> SchemaGraph.Place {
        var place = SchemaGraph.Place(name: type.displayName ?? "union", attributes: type.attributes)
        switch type.shape {
        case .record(let fields):
            place.edges = fields.map { field in
                SchemaGraph.Edge(
                    segment: .key(Array(field.name.utf8)), attributes: field.attributes,
                    fullName: type.name.map { "\($0).\(field.name)" }, target: field.type)
            }
        case .array(let items): place.edges = [.init(segment: .anyElement, target: items)]
        case .map(let values): place.edges = [.init(segment: .anyValue, target: values)]
        case .union(let branches): place.edges = branches.map { .init(target: $0) }
        default: break
        }
        return place
    }
}

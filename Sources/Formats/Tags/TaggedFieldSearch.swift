import Records

/// Finds the fields of a schema that are chosen by their tags: of nested ones the outermost.
struct TaggedFieldSearch {
    /// The most fields of a schema that are chosen, as many as a configuration may list.
    static let mostFields = 1_000
    /// How many places are looked at before a schema counts as too entangled.
    private static let mostVisits = 100_000

    private let graph: SchemaGraph
    private let selection: TagSelection
    /// The choice of each place, and of each way out of it.
    private let choices: [(place: TagChoice?, edges: [TagChoice?])]
    /// Whether something chosen lies in each place or is it.
    private var leads: [Bool]
    private var fields: [TaggedField] = []
    private var indices: [FieldPath: Int] = [:]
    private var visits = 0

    /// The chosen fields of a schema, none inside or overlapping another, in the order of the schema.
    static func fields(
        of graph: SchemaGraph, by selection: TagSelection, metadata: MetadataTags
    ) throws(TagError) -> [TaggedField] {
        var search = try TaggedFieldSearch(graph, selection, metadata)
        guard search.leads[graph.root] else { return [] }
        try search.visit(graph.root, [], inside: [])
        return try search.outermost()
    }

    private init(_ graph: SchemaGraph, _ selection: TagSelection, _ metadata: MetadataTags) throws(TagError) {
        self.graph = graph
        self.selection = selection
        var choices: [(place: TagChoice?, edges: [TagChoice?])] = []
        for place in graph.places {
            let own = try selection.choice(place.attributes, at: place.name)
            var edges: [TagChoice?] = []
            for edge in place.edges {
                let tags = metadata.isEmpty ? [] : edge.fullName.map(metadata.tags) ?? []
                edges.append(try selection.choice(edge.attributes, tagged: tags, at: edge.fullName ?? place.name))
            }
            choices.append((own, edges))
        }
        self.choices = choices
        leads = Self.leads(graph, choices)
    }

    /// The places from which a chosen one can be reached, in time linear in the schema's size.
    private static func leads(
        _ graph: SchemaGraph, _ choices: [(place: TagChoice?, edges: [TagChoice?])]
    ) -> [Bool] {
        var leads = choices.map { $0.place != nil || $0.edges.contains { $0 != nil } }
        var sources = [[Int]](repeating: [], count: graph.places.count)
        for (index, place) in graph.places.enumerated() {
            for edge in place.edges { sources[edge.target].append(index) }
        }
        var ready = leads.indices.filter { leads[$0] }
        while let place = ready.popLast() {
            for source in sources[place] where !leads[source] {
                leads[source] = true
                ready.append(source)
            }
        }
        return leads
    }

    private mutating func visit(
        _ place: Int, _ path: [FieldPath.Segment], inside: Set<Int>
    ) throws(TagError) {
        let name = graph.places[place].name
        visits += 1
        guard visits <= Self.mostVisits else { throw TagError(at: name, "the schema is too entangled to follow") }
        if let choice = choices[place].place { return try add(path, choice, at: name) }
        guard !inside.contains(place) else {
            throw TagError(
                at: name, "the type contains itself, so that the fields it chooses by tags would have paths without end"
            )
        }
        for (edge, choice) in zip(graph.places[place].edges, choices[place].edges) {
            let next = path + (edge.segment.map { [$0] } ?? [])
            guard next.count <= FieldPath.maximumSegments else {
                throw TagError(at: name, "a chosen field would lie deeper than \(FieldPath.maximumSegments) segments")
            }
            if let choice {
                try add(next, choice.completed(by: choices[edge.target].place), at: edge.fullName ?? name)
            } else if leads[edge.target] {
                try visit(edge.target, next, inside: inside.union([place]))
            }
        }
    }

    private mutating func add(
        _ segments: [FieldPath.Segment], _ choice: TagChoice, at place: String
    ) throws(TagError) {
        guard !segments.isEmpty else {
            throw TagError(at: place, "the whole record is chosen; seal the whole payload instead, or tag its fields")
        }
        let path = FieldPath(segments: segments)
        if let index = indices[path] {
            fields[index].choice = try Self.merged(fields[index], choice)
            return
        }
        guard fields.count < Self.mostFields else {
            throw TagError(at: place, "more than \(Self.mostFields) fields are chosen")
        }
        indices[path] = fields.count
        fields.append(TaggedField(path: path, choice: choice))
    }

    /// Two places of a schema, such as branches of a union, that one path leads to.
    private static func merged(_ field: TaggedField, _ other: TagChoice) throws(TagError) -> TagChoice {
        guard field.choice.key == other.key, field.choice.algorithm == other.algorithm else {
            throw TagError(at: field.path.description, "two branches name different keys or algorithms for one path")
        }
        return field.choice.completed(by: other)
    }

    /// Without the fields that another covers, be it that they lie inside it or that its wildcard stands for them too.
    private func outermost() throws(TagError) -> [TaggedField] {
        var kept: [TaggedField] = []
        for (index, field) in fields.enumerated() {
            var isCovered = false
            for (other, outer) in fields.enumerated() where other != index && outer.path.overlaps(field.path) {
                if outer.path.covers(field.path) {
                    isCovered = true
                } else if !field.path.covers(outer.path) {
                    throw TagError(
                        at: field.path.description, "the field overlaps \(outer.path), and neither holds the other")
                }
            }
            if !isCovered { kept.append(field) }
        }
        return kept
    }
}

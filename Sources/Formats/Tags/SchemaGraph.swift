import Records

/// A schema as a search for tags sees it: places, and the ways from one to the next.
///
/// Every language of schemas is turned into one of these.
struct SchemaGraph {
    /// A way from a place to one inside it.
    struct Edge {
        /// The segment of paths that it adds; nil where it leads to another description of the same value, such as a
        /// branch of a union.
        var segment: FieldPath.Segment?
        /// What is written beside the field, as distinct from its type.
        var attributes = SchemaAttributes()
        /// The name that patterns of a registry's tags are compared with; nil where there is none.
        var fullName: String?
        /// Where it leads.
        var target: Int
    }

    /// A type, or what stands in the place of one.
    struct Place {
        /// What errors call it.
        var name: String
        var attributes = SchemaAttributes()
        var edges: [Edge] = []
    }

    var places: [Place] = []
    /// Where a payload begins.
    var root = 0
}

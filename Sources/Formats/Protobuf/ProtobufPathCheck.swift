import Records

/// Checks paths against a message type, and finds what the fields that they reach hold by default.
struct ProtobufPathCheck {
    let message: ProtobufMessage

    /// The default of the fields that a path reaches, as JSON text; nil where it reaches none, or fields whose defaults
    /// differ.
    ///
    /// - Throws: where the path runs into a type that could never have it.
    func defaultJSON(of path: FieldPath, rule: Int) throws(JSONConversionError) -> String? {
        var shapes: Set<ProtobufShape> = [.single(message.value)]
        for segment in path.segments {
            var next: Set<ProtobufShape> = []
            for shape in shapes { next.formUnion(shape.successors(by: segment)) }
            guard !next.isEmpty else {
                if shapes.contains(where: { $0.mayLack(segment) }) { return nil }
                throw JSONConversionError(
                    "at \(path): the path meets a type of \(message.name) that has no such fields", rule: rule)
            }
            shapes = next
        }
        let defaults = Set(shapes.map(\.defaultJSON))
        return defaults.count == 1 ? defaults.first : nil
    }

    /// - Throws: where a path overlaps one before it, so that it would not be clear which one seals a field.
    static func checkOverlaps(_ paths: [FieldPath]) throws(JSONConversionError) {
        for (rule, path) in paths.enumerated() {
            guard let other = paths[..<rule].first(where: { $0.overlaps(path) }) else { continue }
            throw JSONConversionError("at \(path): the path overlaps '\(other)'", rule: rule)
        }
    }
}

public import Records

extension FieldPath {
    /// The most paths in a list, and the most bytes of its text.
    private static let listLimits = (paths: 256, bytes: 16_384)

    /// Reads paths that commas part; a comma within a quoted key parts nothing.
    ///
    /// - Throws: `fieldList`, which says what is wrong, where the text is no list of paths.
    public static func list(parsing text: String) throws(RecordLookError) -> [FieldPath] {
        guard text.utf8.count <= listLimits.bytes else { throw .fieldList("the list of fields is too long") }
        var paths: [FieldPath] = []
        for part in parts(of: text) {
            guard paths.count < listLimits.paths else { throw .fieldList("there are too many fields") }
            do {
                paths.append(try FieldPath(parsing: part))
            } catch {
                throw .fieldList("\(error)")
            }
        }
        return paths
    }

    private static func parts(of text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var isQuoted = false
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == ",", !isQuoted {
                parts.append(part)
                part = ""
                continue
            }
            part.unicodeScalars.append(scalar)
            if scalar == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && scalar == "\\" && !isEscaped
        }
        return parts + [part]
    }
}

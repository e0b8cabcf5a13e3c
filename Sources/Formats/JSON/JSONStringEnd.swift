/// Where a string ends, and whether its content must be unescaped to be compared.
struct JSONStringEnd {
    /// The position after the closing quote.
    let end: JSONText.Position
    /// Whether there is a backslash inside.
    let hasEscape: Bool
}

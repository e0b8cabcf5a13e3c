/// The one of `names` that `text` most probably was meant to be, or nil where none is near.
func nearestName(to text: String, among names: some Sequence<String>) -> String? {
    let found = Array(text.lowercased().utf8)
    guard 1...64 ~= found.count else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
        let known = Array(name.lowercased().utf8)
        let distance = editDistance(found, known)
        guard distance <= max(1, max(found.count, known.count) / 3), distance < best?.distance ?? .max else { continue }
        best = (name, distance)
    }
    return best?.name
}

/// How many bytes must be inserted, removed, changed or swapped with their neighbour (optimal string alignment).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1] + [Int](repeating: 0, count: right.count)
        for column in right.indices {
            let change = last[column] + (left[row] == right[column] ? 0 : 1)
            current[column + 1] = min(last[column + 1] + 1, current[column] + 1, change)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                current[column + 1] = min(current[column + 1], beforeLast[column - 1] + 1)
            }
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}

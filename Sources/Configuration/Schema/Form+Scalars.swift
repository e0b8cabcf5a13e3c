extension Form where Value == String {
    /// Any text but an empty one.
    static func text(_ allowed: String) -> Form {
        .scalar(allowed) { $0.text.isEmpty ? .refused() : .value($0.text) }
    }

    /// A name that Kafka accepts for topics, groups and the like.
    static func name(_ allowed: String, limit: Int) -> Form {
        .scalar("\(allowed) of letters, digits, '.', '_' and '-', at most \(limit) characters") { found in
            isName(found.text, limit: limit) ? .value(found.text) : .refused()
        }
    }

    static func isName(_ text: String, limit: Int) -> Bool {
        text.utf8.allSatisfy(isNameByte) && 1...limit ~= text.utf8.count && text != "." && text != ".."
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}

extension Form where Value == ResolvedText {
    /// A secret: text that no message shows.
    static func secret(_ allowed: String) -> Form {
        .scalar("\(allowed) without control characters", isSecret: true) { found in
            let isPlain = found.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            return isPlain && !found.text.isEmpty ? .value(found) : .refused()
        }
    }
}

extension Form where Value == Int {
    /// A decimal number in `range`.
    static func integer(_ range: ClosedRange<Int>) -> Form {
        let allowed =
            range.upperBound == .max
            ? "an integer from \(range.lowerBound)" : "an integer from \(range.lowerBound) to \(range.upperBound)"
        return .scalar(allowed) { found in
            guard let number = Int(found.text), range ~= number else { return .refused() }
            return .value(number)
        }
    }
}

extension Form where Value == Bool {
    /// `true` or `false`, as YAML 1.2 has them.
    static var boolean: Form {
        .scalar("true or false") { found in
            switch found.text {
            case "true": .value(true)
            case "false": .value(false)
            default: .refused()
            }
        }
    }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a type's names.
    static func choice(_ type: Value.Type) -> Form {
        let names = Value.allCases.map(\.rawValue)
        return .scalar(names.joined(separator: " | ")) { found in
            if let value = Value(rawValue: found.text) { return .value(value) }
            return .refused(nearestName(to: found.text, among: names).map { "did you mean \"\($0)\"?" })
        }
    }
}

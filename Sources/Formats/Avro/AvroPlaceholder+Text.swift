extension AvroPlaceholder {
    /// What a sealed field of a type holds, as people write it (docs/formats.md).
    static func text(of type: AvroType) -> String {
        switch (type.shape, type.logical) {
        case (.int, nil): "\(Int32.min)"
        case (.long, nil): "\(Int64.min)"
        case (.float, _), (.double, _): "1.4e-45"
        case (.boolean, _): "false"
        case (.bytes, nil): "********"
        case (.fixed(let size), nil): size <= 16 ? String(repeating: "*", count: size) : "\(size) times *"
        case (.bytes, _), (.fixed, _), (.int, _), (.long, _): "0"
        case (.enumeration(let symbols), _): symbols.first ?? ""
        case (.array, _): "[]"
        case (.map, _): "{}"
        case (.record, _): "of each field its own, null where it may be null"
        case (.string, _): "00000000-0000-0000-0000-000000000000"
        case (.null, _), (.union, _): "null"
        }
    }
}

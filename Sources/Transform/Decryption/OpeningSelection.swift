import Records

/// What is opened of a record, given its layout, what the pair asks for, and what others have opened of it before.
struct OpeningSelection {
    /// One for each field of the key, or one for its payload.
    private(set) var key: [FieldState] = []
    /// One for each field of the value, or one for its payload.
    private(set) var value: [FieldState] = []
    /// One for each name of the layout's headers.
    private(set) var headers: [FieldState] = []
    /// Whether nothing stays sealed and nothing has a default value, so that the envelope can go.
    private(set) var opensAll = true

    /// What is opened of a record of `shape`.
    ///
    /// - Parameters:
    ///   - opened: the entries of the record's `fieldseal.opened`.
    ///   - defaulted: those of its `fieldseal.defaulted`.
    init(of shape: OpeningShape, opened: Set<[UInt8]>, defaulted: Set<[UInt8]>) {
        self.init(
            key: shape.key, value: shape.value, headers: shape.headers, bindsKey: shape.bindsKey, opened: opened,
            defaulted: defaulted)
    }

    init(
        key sealedKey: OpeningPart?, value sealedValue: OpeningPart?, headers sealedHeaders: OpeningHeaders,
        bindsKey: Bool, opened: Set<[UInt8]>, defaulted: Set<[UInt8]>
    ) {
        func state(_ entry: [UInt8], isAsked: Bool, keepsCiphertext: Bool) -> FieldState {
            if opened.contains(entry) { return .isOpened }
            if defaulted.contains(entry), !keepsCiphertext { return .isDefaulted }
            return isAsked ? .opens : .staysSealed
        }
        func states(_ part: OpeningPart?) -> [FieldState] {
            guard let part else { return [] }
            return part.keyOfField.indices.map {
                state(part.entries[$0], isAsked: part.isAsked[$0], keepsCiphertext: part.keepsCiphertext[$0])
            }
        }
        key = states(sealedKey)
        value = states(sealedValue)
        headers = sealedHeaders.names.indices.map {
            state(sealedHeaders.entries[$0], isAsked: sealedHeaders.isAsked[$0], keepsCiphertext: false)
        }
        let leavesSealed = value.contains(.staysSealed) || headers.contains(.staysSealed)
        // What stays sealed is bound to the key as it is written.
        if bindsKey, leavesSealed { keepKeySealed() }
        opensAll = [key, value, headers].joined().allSatisfy { $0 == .opens || $0 == .isOpened }
    }

    /// Leaves the key as it is written.
    mutating func keepKeySealed() {
        for index in key.indices where key[index] == .opens {
            key[index] = .staysSealed
            opensAll = false
        }
    }
}

import Foundation

/// What a record of the control topic says.
///
/// Its key is `ControlEntry.Key.text`. Its value is JSON, `{"v":1,"pause":{...}}` with one member named after the kind, or
/// null where the entry is taken back.
enum ControlRecord: Equatable {
    /// The entry holds from now on.
    case put(ControlEntry)
    /// The entry of this key holds no more.
    case remove(ControlEntry.Key)
    /// Of a kind or version that this program does not know: a newer one may have written it.
    case unknown
    /// It is not what a Fieldseal writes, for this reason: a clause without its subject.
    case malformed(String)

    /// The longest key, in bytes.
    static let longestKey = 1_024
    /// The longest value, in bytes.
    static let longestValue = 262_144

    /// The JSON text of a value.
    private struct Content: Codable {
        var v: Int
        var pause: ControlEntry.Pause?
        var skip: ControlEntry.Skip?
        var lease: ControlEntry.Lease?
        var purgeNotes: ControlEntry.PurgeNotes?

        init(_ entry: ControlEntry) {
            v = Self.version
            switch entry {
            case .pause(let pause): self.pause = pause
            case .skip(let skip): self.skip = skip
            case .lease(let lease): self.lease = lease
            case .purgeNotes(let notes): purgeNotes = notes
            }
        }

        static let version = 1

        var entry: ControlEntry? {
            pause.map { .pause($0) } ?? skip.map { .skip($0) } ?? lease.map { .lease($0) }
                ?? purgeNotes.map { .purgeNotes($0) }
        }
    }

    /// What every version of a value has.
    private struct Head: Decodable {
        var v: Int
    }

    /// The value that says `entry`; nil where that would be longer than a reader takes.
    static func value(of entry: ControlEntry) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Content(entry)), data.count <= longestValue else { return nil }
        return Array(data)
    }

    /// Reads a record, whoever wrote it.
    init(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) {
        guard let key, key.count <= Self.longestKey, let text = String(validating: key, as: UTF8.self) else {
            self = .malformed("its key is no text of at most \(Self.longestKey) bytes")
            return
        }
        guard let value else {
            self = ControlEntry.Key(parsing: text).map { .remove($0) } ?? .unknown
            return
        }
        guard value.count <= Self.longestValue else {
            self = .malformed("its value is longer than \(Self.longestValue) bytes")
            return
        }
        self = Self.read(Data(value), key: text)
    }

    private static func read(_ value: Data, key: String) -> ControlRecord {
        let decoder = JSONDecoder()
        guard let head = try? decoder.decode(Head.self, from: value) else {
            return .malformed("its value is no JSON object with a version")
        }
        guard head.v == Content.version else { return .unknown }
        guard let content = try? decoder.decode(Content.self, from: value) else {
            return .malformed("its value lacks what its kind has")
        }
        guard let entry = content.entry else { return .unknown }
        guard entry.key.text == key, ControlEntry.Key(parsing: key) == entry.key else {
            return .malformed("its key and its value name different things")
        }
        return .put(entry)
    }
}

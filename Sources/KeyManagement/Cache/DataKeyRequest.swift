import Cryptography

/// A data key that the KMS must be asked for, as `DataKeyReader` names it.
///
/// A data key belongs to one topic, KEK and algorithm.
public struct DataKeyRequest: Hashable, Sendable, CustomStringConvertible {
    /// What the data key is for.
    enum Purpose: Hashable, Sendable {
        /// Sealing: a new data key is made and wrapped.
        case sealing
        /// Opening: the EDEK of a record is unwrapped.
        case opening(edek: [UInt8])
    }

    let purpose: Purpose
    let kek: [UInt8]
    /// `kek`, parsed.
    let key: KeySecretID
    let algorithm: Algorithm
    let topic: [UInt8]
    /// The reader that alone gets the key, for one record; nil where all readers share it.
    let reader: UInt64?

    var isForSealing: Bool { purpose == .sealing }

    var edek: [UInt8] {
        switch purpose {
        case .sealing: []
        case .opening(let edek): edek
        }
    }

    /// What it asks for, without the EDEK.
    public var description: String {
        "\(isForSealing ? "a new data key" : "an unwrapped data key") of \(key) for \(algorithm.rawValue)"
    }

    /// Two requests are equal when they may have the same data key as an answer.
    public static func == (left: DataKeyRequest, right: DataKeyRequest) -> Bool {
        left.purpose == right.purpose && left.kek == right.kek && left.algorithm == right.algorithm
            && left.topic == right.topic && left.reader == right.reader
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(purpose)
        hasher.combine(kek)
        hasher.combine(algorithm)
        hasher.combine(topic)
        hasher.combine(reader)
    }
}

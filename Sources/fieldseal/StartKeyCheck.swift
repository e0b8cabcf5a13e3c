import Dispatch
import KeyManagement
import Logging
import Pipeline
import Records
import Transform

/// Asks for the data keys that a pair will need as soon as it starts, so that a wrong credential, key or permission is
/// told at once and not with the first record; what it gets is ready for the workers.
///
/// It stops nothing: the workers wait for a KMS that is away, and go on once a permission is granted.
struct StartKeyCheck: Sendable {
    let pair: TopicPair
    let cache: DataKeyCache
    let logger: Logger

    /// How long one key is waited for, in milliseconds.
    private static let timeout: Int64 = 8_000
    /// A wrapped key in Vault's form that no key opens: only who may decrypt is told so.
    private static let foreignEDEK = "vault:v1:" + String(repeating: "A", count: 80)

    /// Begins, on a thread of its own; calls block theirs. A pair that waits for demand asks no KMS until there is some.
    func begin() {
        guard pair.demand == nil else { return }
        DispatchQueue.global().async { run() }
    }

    private func run() {
        let reader = DataKeyReader(cache: cache)
        checkDeadLetters(reader)
        switch pair.action {
        case .encrypt(let rules):
            // A data key belongs to one topic; which ones a pattern has is not known yet.
            guard !pair.target.contains("{{") else { return }
            var seen: Set<String> = []
            for (template, algorithm) in rules.keys where template.isConstant {
                guard seen.insert("\(algorithm) \(template.text)").inserted else { continue }
                let error = lend([template.text, pair.target]) { texts in
                    ask(reader) { (now) throws(KeyManagementError) in
                        _ = try reader.sealer(kek: texts[0], algorithm: algorithm, topic: texts[1], now: now)
                    }
                }
                if let error { tell(error, template.text) }
            }
        case .decrypt(let rules):
            for kek in rules.keks where kek.provider == .vault && !kek.text.contains("*") {
                let error = lend([kek.text, pair.source, Self.foreignEDEK]) { texts in
                    ask(reader) { (now) throws(KeyManagementError) in
                        _ = try reader.opener(
                            kek: texts[0], edek: texts[2], algorithm: .aes256GCM, topic: texts[1], now: now)
                    }
                }
                if case .undecryptable? = error { continue }
                if let error { tell(error, kek.text) }
            }
        }
    }

    /// Without its key nothing becomes a dead letter, and the partition halts instead.
    private func checkDeadLetters(_ reader: DataKeyReader) {
        guard let policy = pair.deadLetters, policy.isUsed else { return }
        let key = policy.rules.key.text
        let error = lend([key, policy.rules.topic]) { texts in
            ask(reader) { (now) throws(KeyManagementError) in
                _ = try reader.sealer(kek: texts[0], algorithm: .aes256GCM, topic: texts[1], now: now)
            }
        }
        if let error { tell(error, key) }
    }

    /// The error that a request ends in, once the KMS has answered.
    private func ask(
        _ reader: DataKeyReader, _ request: (_ now: Int64) throws(KeyManagementError) -> Void
    ) -> KeyManagementError? {
        let end = DataKeyCache.now() + Self.timeout
        while true {
            do throws(KeyManagementError) {
                try request(DataKeyCache.now())
                return nil
            } catch {
                let left = end - DataKeyCache.now()
                guard case .pending(let need) = error, left > 0 else { return error }
                _ = reader.obtain(need, within: Int(left))
            }
        }
    }

    private func tell(_ error: KeyManagementError, _ key: String) {
        if case .shutDown = error { return }
        logger.error(
            "A key of the pair can't be used",
            metadata: [
                "pair": "\(pair.name)", "key": "\(key)", "cause": "\(error)",
                "remedy": "\(error.remedy ?? "see that the KMS can be reached; it is asked again by itself")",
            ])
    }

    /// Calls `body` with the texts' bytes.
    private func lend<Result>(_ texts: [String], _ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
        let buffers = texts.map { OutputBuffer(holding: Array($0.utf8)) }
        return withExtendedLifetime(buffers) { body(buffers.map(\.bytes)) }
    }
}

/// What to do about a partition that stands still, by the reason's code.
enum HaltRemedy {
    /// One sentence.
    static func text(of code: String) -> String {
        texts[code] ?? "See the reason in docs/errors.md; if the record is beyond help, skip it."
    }

    /// As docs/errors.md has them, for those that halt a partition.
    static let texts: [String: String] = [
        "already_encrypted":
            "Find out who wrote it: the source may be an encrypted topic, or the header is forged. If it is beyond help, skip it.",
        "malformed_payload": "Mend the producer, then skip this record.",
        "path_mismatch":
            "Correct fieldName in the configuration, or the producer; skip the record if it is beyond help.",
        "payload_refused": "Mend the producer, then skip this record.",
        "field_missing": "Mend the producer, or drop required from the configuration.",
        "key_template": "Mend the producer, or the template in keySecretId.",
        "key_refused": "Create the key, or grant the permission; it goes on by itself then.",
        "key_unavailable": "See to the KMS or to its credentials; it goes on by itself then.",
        "envelope_too_large": "List fewer fields, headers or keys in one pair.",
        "not_encrypted": "Find out who writes to the topic; onPlain decides what happens to such records.",
        "malformed_envelope":
            "A newer Fieldseal may have written it; otherwise it was changed. Skip it if it is beyond help.",
        "foreign_topic": "List that topic in acceptTopics if this one is a copy of it.",
        "kek_not_allowed": "Extend keks if the key is to be trusted.",
        "authentication_failed": "The record was changed or moved. Skip it if it is beyond help.",
        "layout_mismatch": "The record was changed after encryption, or the pair lists a field that is not sealed.",
        "schema_unknown": "Register the schema; it goes on by itself then.",
        "schema_unavailable": "See to the schema registry; it goes on by itself then.",
        "schema_unusable": "Correct the schema or the rule that the message names.",
        "internal_error": "Report it.",
        "no_committed_offset": "Set startFrom for the pair, and restart.",
        "target_partition_missing": "Add partitions to the target, or set targetTopic.create.",
        "offset_out_of_range":
            "Records were deleted before they were read; restart the pair to go on at the first there is.",
        "record_too_large": "Raise max.message.bytes of the target, and restart; or skip the record.",
        "transaction_aborted": "Look at the brokers; the log says why the transaction was aborted.",
    ]
}

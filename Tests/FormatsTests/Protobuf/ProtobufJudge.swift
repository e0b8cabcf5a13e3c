import Foundation

/// Python's `protobuf` package as a judge of conversions.
enum ProtobufJudge {
    struct Case: Encodable {
        /// Names of files, unique among all cases, and their texts.
        var files: [String: String]
        var message: String
        var payload: Data
        /// Our JSON of it, and the payload that we made of that.
        var text: Data
        var back: Data
    }

    struct Verdict: Decodable {
        var error: String?
    }

    static func verdicts(on cases: [Case]) throws -> [Verdict] {
        try AvroJudge.verdicts(of: "protobuf_judge.py", on: cases)
    }
}

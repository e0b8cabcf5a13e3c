import FoundationEssentials
import HTTPTypes
import Hummingbird

/// An error as RFC 9457 has it.
struct Problem: Error, HTTPResponseError, Equatable {
    /// The members of the document; `type` is about:blank, so `title` is the status's own phrase.
    private struct Document: Encodable {
        let title: String
        let status: Int
        let detail: String
    }

    let status: HTTPResponse.Status
    /// One sentence for people; never a token nor a record's content.
    let detail: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try Response.json(
            Document(title: status.reasonPhrase, status: status.code, detail: detail), status: status,
            type: "application/problem+json")
        response.headers.append(contentsOf: headers)
        return response
    }
}

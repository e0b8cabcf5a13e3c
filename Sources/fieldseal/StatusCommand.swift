import ArgumentParser
import Configuration
import Foundation
import HTTPTransport
import Operations
import Pipeline
import Records

/// `fieldseal status`: how a running process is.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how a running process is: its pairs, halted partitions, keys and leases.",
        discussion: """
            Asks the HTTP interface of a process that runs with this configuration: admin.listen says where, and the first \
            token of admin is shown to it. --url asks another process, such as one of a cluster.

            Exits with 0, with 2 where the configuration has no admin, with 4 where no process answers, with 5 where it \
            refuses the token.

            Examples:
              fieldseal status -c fieldseal.yaml
              fieldseal status -c fieldseal.yaml --watch
              fieldseal status -c fieldseal.yaml --json | jq '.pairs[] | select(.state == "halted")'
              fieldseal status -c fieldseal.yaml --url https://fieldseal-1.example:9402 --ca-file ca.pem
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Where the process listens, such as https://host:9402; admin.listen where it is left out.")
    var url: String?

    @Option(
        help: "The authorities (PEM) that the process's certificate must come from; the system's where it is left out.")
    var caFile: String?

    @Flag(help: "Show it again every two seconds until interrupted.")
    var watch = false

    @Flag(help: "Print what the process answers: one JSON object a line.")
    var json = false

    /// How long between two looks, in milliseconds.
    private static let interval: UInt64 = 2_000

    func run() async throws {
        guard let admin = try options.load().admin else {
            StandardError.write(
                "error: the configuration has no 'admin', so that nothing listens; add admin: {listen: \"127.0.0.1:9402\"}"
            )
            throw ExitStatus.configuration
        }
        let address = try address(admin)
        let client = HTTPClient(HTTPClient.Settings(caFile: caFile, maximumReplyBytes: 16 << 20, retry: .never))
        defer { client.shutDown() }
        repeat {
            let answer = try ask(client, address + "/v1/status", admin.tokens.first)
            try show(answer, from: address)
            if watch { try await Task.sleep(nanoseconds: Self.interval * 1_000_000) }
        } while watch
    }

    /// The token is not sent in the clear beyond this machine.
    private func address(_ admin: AdminSettings) throws -> String {
        var address = url ?? Self.address(of: admin)
        while address.hasSuffix("/") { address.removeLast() }
        let host = address.dropFirst("http://".count).prefix { $0 != ":" || address.contains("[") }
        let isLocal = ["localhost", "127.", "[::1]"].contains { host.hasPrefix($0) }
        guard address.hasPrefix("https://") || (address.hasPrefix("http://") && (isLocal || admin.tokens.isEmpty))
        else {
            StandardError.write(
                "error: --url takes https://HOST:PORT, or http:// to this machine: a token would go in the clear")
            throw ExitStatus.configuration
        }
        return address
    }

    private static func address(of admin: AdminSettings) -> String {
        let any = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        let host = any[admin.host] ?? admin.host
        return "\(admin.tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(admin.port)"
    }

    private func ask(_ client: HTTPClient, _ url: String, _ token: AdminSettings.Token?) throws -> [UInt8] {
        let authorization: HTTPAuthorization
        do {
            authorization = try token.map { .bearer(try $0.secret.read()) } ?? .none
        } catch {
            StandardError.write("error: the token of '\(token?.name ?? "")' can't be used: \(error)")
            throw ExitStatus.configuration
        }
        let response: HTTPResponse
        do {
            response = try client.send(HTTPRequest(.get, url, authorization: authorization))
        } catch {
            StandardError.write("error: no process answers: \(error)")
            throw ExitStatus.unavailable
        }
        guard response.isSuccess else {
            StandardError.write("error: \(url) answers \(response.status): \(Self.detail(of: response))")
            throw response.status == 401 || response.status == 403 ? ExitStatus.refused : ExitStatus.unexpected
        }
        return response.body
    }

    private struct Problem: Decodable {
        var detail: String
    }

    private static func detail(of response: HTTPResponse) -> String {
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
        // Whoever answers there, it does not write to the terminal what it likes.
        return StatusText.plain(problem?.detail ?? "no words")
    }

    private func show(_ answer: [UInt8], from address: String) throws {
        if json {
            guard (answer + [UInt8(ascii: "\n")]).withUnsafeBytes(StandardOutput.write) else {
                throw ExitStatus.unexpected
            }
            return
        }
        guard let report = try? JSONDecoder().decode(ProcessReport.self, from: Data(answer)) else {
            StandardError.write("error: what answers at \(address) is no Fieldseal of this version")
            throw ExitStatus.unexpected
        }
        if watch { print("\u{1B}[H\u{1B}[2J", terminator: "") }
        for line in StatusText(report).lines { print(line) }
        fflush(nil)
    }
}

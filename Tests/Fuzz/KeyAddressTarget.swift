import Records

@testable import KeyManagement

/// Key addresses, templates and patterns of them, and addresses of servers.
final class KeyAddressTarget: FuzzTarget {
    private let out = OutputBuffer()

    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        let parts = InputParts(input)
        if let id = try? KeySecretID(parsing: parts[0]) {
            expect((try? KeySecretID(parsing: id.text)) == id, "an address is read as it was written")
        }
        let pattern = try? KeySecretPattern(parsing: parts[0].text)
        _ = pattern?.matches(parts[1])
        readTemplate(parts)
        _ = HostAndPort(parsing: parts[0].text)
        _ = ServiceAddress(parsing: parts[0].text)
    }

    private func readTemplate(_ parts: InputParts) {
        guard let template = try? KeySecretTemplate(parsing: parts[0].text) else { return }
        out.removeAll()
        guard (try? template.append(to: out, resolve: { _ in parts[1] })) != nil else { return }
        // A value may make an address too long, and nothing else.
        guard out.count <= KeySecretID.maximumLength else { return }
        expect((try? KeySecretID(parsing: out.bytes)) != nil, "a template that is filled in is an address")
        expect(KeySecretPattern(template: template).matches(out.bytes), "a template's pattern matches what it makes")
    }
}

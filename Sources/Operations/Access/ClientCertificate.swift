import COpenSSL
import NIOSSL

/// A certificate that a client showed and that was verified.
struct ClientCertificate {
    /// The common name of its subject; nil where it has none, or several.
    let commonName: String?

    init(_ certificate: NIOSSLCertificate) {
        commonName = (try? certificate.toDERBytes()).flatMap(Self.commonName)
    }

    private static func commonName(der: [UInt8]) -> String? {
        der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            guard let parsed = d2i_X509(nil, &start, bytes.count) else { return nil }
            defer { X509_free(parsed) }
            guard let subject = X509_get_subject_name(parsed) else { return nil }
            let first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
            guard first >= 0, X509_NAME_get_index_by_NID(subject, NID_commonName, first) == -1,
                let entry = X509_NAME_get_entry(subject, first), let data = X509_NAME_ENTRY_get_data(entry)
            else { return nil }
            return text(of: data)
        }
    }

    private static func text(of data: UnsafePointer<ASN1_STRING>) -> String? {
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, data)
        guard count > 0, let text else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        let name = String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
        return name.unicodeScalars.contains("\0") ? nil : name
    }
}

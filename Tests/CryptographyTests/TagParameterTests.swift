import COpenSSL
import Testing

/// OpenSSL reads a parameter's name after the call that made the parameter.
@Suite struct TagParameterTests {
    @Test func theNameOfATagsParameterOutlivesTheCallThatMakesIt() throws {
        var tag = [UInt8](repeating: 7, count: 16)
        let (first, second) = tag.withUnsafeMutableBytes { tag in
            (fieldseal_aead_tag(tag.baseAddress, tag.count), fieldseal_aead_tag(tag.baseAddress, tag.count))
        }
        let (name, other) = (try #require(first.key), try #require(second.key))
        // A name that was made for each call would lie elsewhere each time.
        #expect(name == other)
        #expect(String(cString: name) == OSSL_CIPHER_PARAM_AEAD_TAG)
        #expect(first.data_size == 16)
    }
}

import COpenSSL
import Testing

/// OpenSSL reads a parameter's name after the call that made the parameter.
@Suite struct TagParameterTests {
    @Test func theNameOfATagsParameterOutlivesTheCallThatMakesIt() throws {
        let tag = [UInt8](repeating: 7, count: 16)
        try tag.withUnsafeBytes { tag in
            let first = fieldseal_aead_tag(tag.baseAddress, 16)
            let second = fieldseal_aead_tag(tag.baseAddress, 16)
            // A name that was made for each call would lie elsewhere each time.
            #expect(first.key == second.key)
            #expect(String(cString: try #require(first.key)) == OSSL_CIPHER_PARAM_AEAD_TAG)
            #expect(first.data == UnsafeMutableRawPointer(mutating: tag.baseAddress) && first.data_size == 16)
        }
    }
}

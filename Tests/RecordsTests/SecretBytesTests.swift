import Foundation
import Testing

@testable import Records

@Suite struct SecretBytesTests {
    private struct Refused: Error {}

    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    @Test("It holds a copy of what it was given", arguments: [0, 1, 16, 32, 64, page - 1, page, page + 1, 3 * page])
    func copies(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        var original = random.bytes(count)
        let expected = original
        let secret = original.withUnsafeBytes { SecretBytes(copying: $0) }
        for index in original.indices { original[index] = 0 }
        #expect(secret.count == count)
        #expect(secret.withUnsafeBytes { Array($0) } == expected)
    }

    @Test("It holds a text's UTF-8, and is the same as another that holds the same bytes")
    func comparison() {
        let secret = SecretBytes(copying: "s\u{E9}cret")
        #expect(secret.withUnsafeBytes { Array($0) } == Array("s\u{E9}cret".utf8))
        #expect(secret.holdsSame(as: SecretBytes(copying: "s\u{E9}cret")))
        for other in ["", "s", "s\u{E9}creT", "t\u{E9}cret", "s\u{E9}crets"] {
            #expect(!secret.holdsSame(as: SecretBytes(copying: other)))
        }
        #expect(SecretBytes(copying: "").holdsSame(as: SecretBytes(copying: "")))
    }

    @Test("It is zero until it is filled")
    func zeroAtFirst() {
        var seen: [UInt8] = [1]
        let secret = SecretBytes(count: 100) { bytes in
            seen = Array(bytes)
            bytes[99] = 7
        }
        #expect(seen == [UInt8](repeating: 0, count: 100))
        #expect(secret.withUnsafeBytes { $0[99] } == 7)
    }

    @Test("Nothing that prints it shows its bytes")
    func printsNothing() {
        let text = "correct horse battery staple"
        let secret = Array(text.utf8).withUnsafeBytes { SecretBytes(copying: $0) }
        var dumped = ""
        dump(secret, to: &dumped)
        for printed in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(printed.contains("<28 secret bytes>"))
            #expect(!printed.contains("horse"))
            #expect(!printed.contains("99, 111, 114"))
            #expect(!printed.contains("base"))
        }
    }

    @Test("Its pages are given back with the last reference")
    func unmapped() {
        let size = 1021 * Self.page
        var secret: SecretBytes? = SecretBytes(count: size) { $0[0] = 1 }
        let place = UInt(bitPattern: secret!.withUnsafeBytes { $0.baseAddress })
        #expect(isMapped(place, size))
        secret = nil
        #expect(!isMapped(place, size))
    }

    @Test("Its pages are given back when filling it throws")
    func unmappedAfterThrow() {
        let size = 1021 * Self.page
        var place: UInt = 0
        #expect(throws: Refused.self) {
            try SecretBytes(count: size) { bytes in
                bytes[0] = 1
                place = UInt(bitPattern: bytes.baseAddress)
                throw Refused()
            }
        }
        #expect(place != 0)
        #expect(!isMapped(place, size))
    }

    #if os(Linux)
        @Test("Its pages are left out of core dumps, and locked where the system lets this process lock any")
        func protected() throws {
            let secret = SecretBytes(count: 32) { $0[0] = 1 }
            let place = UInt(bitPattern: secret.withUnsafeBytes { $0.baseAddress })
            let flags = try withExtendedLifetime(secret) { try #require(try memoryFlags(of: place)) }
            #expect(flags.contains("dd"))
            // What becomes of a page locked here tells whether locking works: a sanitizer makes mlock do nothing.
            let probe = UnsafeMutableRawPointer.allocate(byteCount: Self.page, alignment: Self.page)
            defer { probe.deallocate() }
            mlock(probe, Self.page)
            let canLock = try memoryFlags(of: UInt(bitPattern: probe))?.contains("lo")
            munlock(probe, Self.page)
            #expect(flags.contains("lo") == canLock)
        }

        /// The kernel's flags of the mapping that holds `place` (proc(5), VmFlags).
        private func memoryFlags(of place: UInt) throws -> [Substring]? {
            // Read to the end by a handle: String(contentsOfFile:) stops after one page of a file that tells no size.
            let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps"))
            defer { try? file.close() }
            let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            var inside = false
            for line in text.split(separator: "\n") {
                let bounds = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
                if bounds.count == 2 { inside = (bounds[0]..<bounds[1]).contains(place) }
                if inside && line.hasPrefix("VmFlags:") { return line.split(separator: " ") }
            }
            return nil
        }
    #endif

    /// Whether every page of a range is mapped; other threads can't well fill a hole of megabytes in between.
    private func isMapped(_ place: UInt, _ size: Int) -> Bool {
        var residency = [UInt8](repeating: 0, count: (size + Self.page - 1) / Self.page)
        return mincore(UnsafeMutableRawPointer(bitPattern: place), size, &residency) == 0
    }
}

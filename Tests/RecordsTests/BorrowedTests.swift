import Testing

@testable import Records

@Suite struct BorrowedTests {
    private final class Owner {
        let number: Int

        init(_ number: Int) { self.number = number }
    }

    private enum Fault: Error, Equatable {
        case refused(Int)
    }

    @Test("What is made of the object comes back, a nil too, and no count is taken")
    func use() {
        let owner = Owner(7)
        let borrowed = Borrowed(owner)
        let number = borrowed.use { $0.number + 1 }
        let nothing: Int? = borrowed.use { $0.number > 7 ? 1 : nil }
        #expect(number == 8)
        #expect(nothing == nil)
        weak var gone: Owner?
        var other: Owner? = Owner(8)
        gone = other
        let dangling = other.map { Borrowed($0) }
        other = nil
        #expect(dangling != nil && gone == nil)
    }

    @Test("An error keeps its type")
    func failure() {
        let owner = Owner(7)
        do throws(Fault) {
            try Borrowed(owner).use { (owner) throws(Fault) in throw Fault.refused(owner.number) }
            Issue.record("no error came")
        } catch {
            #expect(error == .refused(7))
        }
    }
}

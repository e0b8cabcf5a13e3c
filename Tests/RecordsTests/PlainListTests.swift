import Testing

@testable import Records

@Suite struct PlainListTests {
    @Test("Headers keep their order, duplicates, nulls and empty values, past the first capacity")
    func order() {
        let storage = OutputBuffer(capacity: 4096)
        for byte in UInt8(0)..<200 { storage.append(byte) }
        let list = HeaderList(capacity: 0)
        for index in 0..<200 { list.append(header(index, in: storage)) }
        #expect(list.count == 200)
        #expect(list.views.count == 200)
        for index in 0..<200 {
            #expect(Array(list.views[index].name) == [UInt8(index)])
            expectValue(list.views[index].value, index)
        }
    }

    @Test("Forgetting and filling again shows only what is new")
    func reuse() {
        let storage = OutputBuffer(capacity: 4096)
        for byte in UInt8(0)..<200 { storage.append(byte) }
        let list = HeaderList()
        for index in 0..<100 { list.append(header(index, in: storage)) }
        list.removeAll()
        #expect(list.count == 0)
        #expect(list.views.isEmpty)
        list.append(header(7, in: storage))
        #expect(list.views.count == 1)
        #expect(Array(list.views[0].name) == [7])
    }

    @Test("All headers of another list are appended behind those held")
    func appendContents() {
        let storage = OutputBuffer(capacity: 4096)
        for byte in UInt8(0)..<200 { storage.append(byte) }
        let source = HeaderList()
        for index in 0..<50 { source.append(header(index, in: storage)) }
        let list = HeaderList(capacity: 4)
        list.append(header(199, in: storage))
        list.append(contentsOf: source.views)
        list.append(contentsOf: UnsafeBufferPointer(start: nil, count: 0))
        #expect(list.views.map { $0.name[0] } == [199] + Array(0..<50))
    }

    @Test("Elements are read and changed by their index, and a list is cut back")
    func indexing() {
        let list = PlainList<Int>(capacity: 0)
        for number in 0..<100 { list.append(number) }
        list[42] = -1
        #expect(list[42] == -1 && list[41] == 41)
        list.truncate(to: 43)
        #expect(list.views.elementsEqual(Array(0..<42) + [-1]))
        list.truncate(to: 0)
        #expect(list.count == 0)
    }

    @Test("A list lets go of what it held, however it comes to hold it no more")
    func release() {
        final class Element {}
        weak var first: Element?
        weak var second: Element?
        weak var third: Element?
        do {
            let list = PlainList<Element>(capacity: 4)
            for index in 0..<9 {
                let element = Element()
                if index == 0 { first = element }
                if index == 4 { second = element }
                if index == 8 { third = element }
                list.append(element)
            }
            #expect(first != nil && second != nil && third != nil)
            list.truncate(to: 8)
            #expect(third == nil && second != nil)
            list[4] = list[5]
            #expect(second == nil && first != nil)
        }
        #expect(first == nil)
    }

    /// Every third value is null, every third empty.
    private func header(_ index: Int, in storage: OutputBuffer) -> HeaderView {
        let name = storage.bytes(in: index..<index + 1)
        switch index % 3 {
        case 0: return HeaderView(name: name, value: nil)
        case 1: return HeaderView(name: name, value: storage.bytes(in: index..<index))
        default: return HeaderView(name: name, value: name)
        }
    }

    private func expectValue(_ value: UnsafeRawBufferPointer?, _ index: Int) {
        switch index % 3 {
        case 0: #expect(value == nil)
        case 1:
            #expect(value?.count == 0)
            #expect(value?.baseAddress != nil)
        default: #expect(value.map { Array($0) } == [UInt8(index)])
        }
    }
}

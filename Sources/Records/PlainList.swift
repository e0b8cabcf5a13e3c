/// A list in memory of its own, filled for record after record: an append allocates nothing once it has grown, and to read
/// it counts no references.
///
/// Not thread-safe. What its elements point at belongs to others; `views` stays valid until the next append.
public final class PlainList<Element> {
    @usableFromInline var storage: UnsafeMutablePointer<Element>
    @usableFromInline var capacity: Int

    /// How many elements it holds.
    @inlinable public var count: Int { _count }
    @usableFromInline var _count = 0

    /// Makes an empty list with room for `capacity` elements.
    @inlinable
    public init(capacity: Int = 16) {
        self.capacity = max(capacity, 4)
        storage = .allocate(capacity: self.capacity)
    }

    deinit {
        storage.deinitialize(count: _count)
        storage.deallocate()
    }

    /// The elements held, in order.
    @inlinable
    public var views: UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(start: storage, count: _count)
    }

    /// The element at `index`, which must be one that is held.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < _count)
            return storage[index]
        }
        set {
            precondition(index >= 0 && index < _count)
            storage[index] = newValue
        }
    }

    /// Forgets all elements and keeps the room.
    @inlinable
    public func removeAll() {
        truncate(to: 0)
    }

    /// Cuts back to the first `count` elements.
    @inlinable
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= _count)
        (storage + count).deinitialize(count: _count - count)
        _count = count
    }

    /// Appends one element.
    @inlinable
    public func append(_ element: Element) {
        if _count == capacity { grow() }
        (storage + _count).initialize(to: element)
        _count += 1
    }

    /// Appends all of `elements`, which may not lie in this list.
    @inlinable
    public func append(contentsOf elements: UnsafeBufferPointer<Element>) {
        for element in elements { append(element) }
    }

    @inlinable @inline(never)
    func grow() {
        let bigger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        bigger.moveInitialize(from: storage, count: _count)
        storage.deallocate()
        storage = bigger
        capacity *= 2
    }
}

/// Header views, reused for record after record.
public typealias HeaderList = PlainList<HeaderView>

/// A reusable list of header views in stable memory.
///
/// Not thread-safe. The views' bytes belong to others; `views` stays valid until the next append.
public final class HeaderList {
    private var storage: UnsafeMutablePointer<HeaderView>
    private var capacity: Int

    /// How many headers it holds.
    public private(set) var count = 0

    /// Makes an empty list with room for `capacity` headers.
    public init(capacity: Int = 16) {
        self.capacity = max(capacity, 4)
        storage = .allocate(capacity: self.capacity)
    }

    deinit {
        storage.deallocate()
    }

    /// The headers held, in order.
    public var views: UnsafeBufferPointer<HeaderView> {
        UnsafeBufferPointer(start: storage, count: count)
    }

    /// Forgets all headers and keeps the room.
    public func removeAll() {
        count = 0
    }

    /// Appends one header.
    public func append(_ header: HeaderView) {
        if count == capacity {
            let bigger = UnsafeMutablePointer<HeaderView>.allocate(capacity: capacity * 2)
            bigger.moveInitialize(from: storage, count: count)
            storage.deallocate()
            storage = bigger
            capacity *= 2
        }
        (storage + count).initialize(to: header)
        count += 1
    }

    /// Appends all of `headers`.
    public func append(contentsOf headers: UnsafeBufferPointer<HeaderView>) {
        for header in headers { append(header) }
    }
}

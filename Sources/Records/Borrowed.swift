/// A reference that counts nothing: whoever hands it out says how long the object lives.
///
/// For the path of a record, on which the counts of a record's forms, shapes and keys, atomic operations all, would take
/// a twelfth of its time.
public struct Borrowed<Object: AnyObject> {
    @usableFromInline let object: Unmanaged<Object>

    /// Borrows `object`, which somebody else keeps alive.
    @inlinable
    public init(_ object: Object) {
        self.object = .passUnretained(object)
    }

    /// Calls `body` with the object, which must live until it returns.
    @inlinable @inline(__always)
    public func use<Value, Failure: Error>(
        _ body: (Object) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The standard library's closure can't throw a typed error, and a result of large types would be copied about.
        var failure: Failure?
        let value = object._withUnsafeGuaranteedRef { object -> Value? in
            do throws(Failure) { return try body(object) } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return value.unsafelyUnwrapped
    }
}

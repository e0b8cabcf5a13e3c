#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Times as AWS writes them: RFC 3339 in UTC, such as `2026-01-31T12:00:00Z`, with or without a fraction.
enum AWSTimestamp {
    /// Seconds of Unix time, the fraction dropped; nil where it is no such text.
    static func seconds(_ text: String) -> Int? {
        let shape = /([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|\+00:00)/
        guard text.utf8.count <= 40, let found = text.wholeMatch(of: shape)?.output, let year = Int32(found.1),
            let month = Int32(found.2), let day = Int32(found.3), let hour = Int32(found.4),
            let minute = Int32(found.5),
            let second = Int32(found.6), 1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second <= 60
        else { return nil }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (year - 1900, month - 1, day)
        (time.tm_hour, time.tm_min, time.tm_sec) = (hour, minute, second)
        return Int(timegm(&time))
    }

    /// Now, in seconds of Unix time.
    static var now: Int { Int(time(nil)) }
}

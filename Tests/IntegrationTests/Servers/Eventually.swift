import Testing

/// Waits until `condition` holds, asking again and again; false if it does not within `seconds`.
///
/// It asks a good number of times however long that takes: where many tests share few threads, one may get its turn again
/// only when its time is up.
func eventually(within seconds: Double = 30, _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    var attempts = 0
    while ContinuousClock.now < deadline || attempts < 50 {
        if try await condition() { return true }
        attempts += 1
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}

/// Expects that `condition` comes to hold.
func expectEventually(
    within seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let holds = try await eventually(within: seconds, condition)
    #expect(holds, "did not come to hold", sourceLocation: sourceLocation)
}

import Testing

/// Waits until `condition` holds, asking again and again; false if it does not within `seconds`.
func eventually(within seconds: Double = 30, _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
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

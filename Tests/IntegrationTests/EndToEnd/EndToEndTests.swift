import Testing

/// Tests of the built command, one after the other: each has servers and processes of its own, and together they would
/// take the machine from each other.
@Suite("The built command", .serialized)
enum EndToEndTests {}

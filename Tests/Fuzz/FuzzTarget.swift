/// Code of the product that reads what others wrote, as libFuzzer calls it.
///
/// An input may be refused by a typed error and nothing else: a trap, a hang and a leak are findings, and so is an
/// `expect` that fails.
protocol FuzzTarget: AnyObject {
    /// Makes what lives from input to input.
    init() throws

    /// Reads one input.
    func run(_ input: UnsafeRawBufferPointer)
}

/// Ends the process, so that libFuzzer keeps the input, where `condition` does not hold.
func expect(_ condition: Bool, _ claim: StaticString, line: UInt = #line, file: StaticString = #fileID) {
    if !condition { fatalError("not so: \(claim)", file: file, line: line) }
}

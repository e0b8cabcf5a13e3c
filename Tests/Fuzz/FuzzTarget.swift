#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
///
/// Not by `fatalError`, whose list of stack frames the address sanitizer does not bear.
func expect(_ condition: Bool, _ claim: StaticString, file: StaticString = #fileID, line: UInt = #line) {
    guard !condition else { return }
    let text = "\(file):\(line): not so: \(claim)\n"
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    abort()
}

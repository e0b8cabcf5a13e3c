#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// libFuzzer's loop, from the runtime that `-sanitize=fuzzer` links: it reads the arguments and calls `test` with each input.
/// Pointers and integers pass the same way in Swift's calling convention as in C's.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafeRawPointer?, Int) -> CInt
) -> CInt

/// What is fuzzed in this process: made before the first input, and used by libFuzzer's one thread.
nonisolated(unsafe) private let target = chosenTarget()

private func chosenTarget() -> any FuzzTarget {
    let name = getenv("FIELDSEAL_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let type = FuzzTargets.all[name] else {
        fatalError("FIELDSEAL_FUZZ_TARGET must be one of \(FuzzTargets.all.keys.sorted())")
    }
    do {
        return try type.init()
    } catch {
        fatalError("the target can't be made: \(error)")
    }
}

/// libFuzzer's own main function, which is linked and never called, looks for this name.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafeRawPointer?, _ count: Int) -> CInt {
    target.run(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    return 0
}

/// Runs libFuzzer on the target that FIELDSEAL_FUZZ_TARGET names.
@main
enum FieldsealFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, testOneInput))
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Form where Value == String {
    /// A file that can be read; the value is its path from the root or from the working directory.
    static var file: Form {
        let allowed = "a readable file; relative paths start from the configuration's folder"
        return Form(allowed: allowed) { node, reading in
            let text = Form<ResolvedText>.scalar(allowed) { $0.text.isEmpty ? .refused() : .value($0) }
            guard let found = text.read(node, reading) else { return nil }
            let path = reading.scalars.located(found.text)
            guard access(path, R_OK) == 0 else {
                let reason = String(cString: strerror(errno))
                reading.refuse(node, "found \"\(printable(found.shown))\": \(reason); allowed: \(allowed)")
                return nil
            }
            return path
        }
    }
}

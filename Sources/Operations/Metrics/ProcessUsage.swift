#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the process takes of the machine.
struct ProcessUsage {
    /// CPU time, user and system, in seconds.
    let processorSeconds: Double
    /// Memory in use, in bytes.
    let residentBytes: UInt64
    /// File descriptors that are open.
    let openFiles: UInt64
    /// How many may be.
    let maximumFiles: UInt64

    /// When the process started, in seconds since 1970.
    static let startTime: Double = {
        var now = timespec()
        var sinceBoot = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
        // The command's name may hold spaces and ends with the last parenthesis; the start is the 20th field after it.
        let fields = (line(of: "/proc/self/stat")?.split(separator: ")").last ?? "").split(separator: " ")
        let ticks = fields.count > 19 ? Double(fields[19]) ?? 0 : 0
        let age = seconds(sinceBoot) - ticks / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return seconds(now) - age
    }()

    #if canImport(Glibc)
        private static let openFileLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let openFileLimit = RLIMIT_NOFILE
    #endif

    init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        processorSeconds = Self.seconds(time)
        residentBytes = Self.residentPages * UInt64(clamping: sysconf(Int32(_SC_PAGESIZE)))
        openFiles = Self.countOpenFiles()
        var limit = rlimit()
        maximumFiles = getrlimit(Self.openFileLimit, &limit) == 0 ? UInt64(limit.rlim_cur) : 0
    }

    private static func seconds(_ time: timespec) -> Double {
        Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var residentPages: UInt64 {
        let fields = (line(of: "/proc/self/statm") ?? "").split(separator: " ")
        return fields.count > 1 ? UInt64(fields[1]) ?? 0 : 0
    }

    /// The first line of a small file.
    private static func line(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 1024)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func countOpenFiles() -> UInt64 {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count: UInt64 = 0
        while let entry = readdir(folder) {
            if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
        }
        // One of them was this look's own.
        return count > 0 ? count - 1 : 0
    }
}

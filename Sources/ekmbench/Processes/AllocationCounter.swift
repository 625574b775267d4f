import Glibc

/// The allocations of a server, counted by a library that is preloaded into it: not in one whose times are taken.
struct AllocationCounter {
    private static let library = "libekmallocations.so"
    private let file: String

    /// Whether the library was built, too; and without a sanitizer, which has to be the first to replace malloc.
    static var isThere: Bool {
        let sanitizers = ["__asan_init", "__tsan_init"].filter { (name: String) in unsafe dlsym(nil, name) != nil }
        return sanitizers.isEmpty && (try? Programs.path(of: library)) != nil
    }

    init(file: String) throws(Failure) {
        self.file = file
        try ReportFile.write(String(repeating: "\0", count: 8), to: file)
    }

    /// What the server needs in its environment.
    var variables: [String] {
        get throws(Failure) { ["LD_PRELOAD=\(try Programs.path(of: Self.library))", "EKM_ALLOCATIONS=\(file)"] }
    }

    var count: UInt64? {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var count: UInt64 = 0
        return unsafe read(descriptor, &count, 8) == 8 ? count : nil
    }
}

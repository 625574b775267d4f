import Foundation

/// A library, loaded before all others, with which `fsync` and `fdatasync` fail with EIO while a file is there.
package final class BrokenSync: Sendable {
    private static let source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static int broken(void) {
            const char *flag = getenv("EKMD_BROKEN_SYNC");
            return flag && syscall(SYS_faccessat, -100, flag, F_OK) == 0;
        }

        int fsync(int descriptor) {
            if (broken()) { errno = EIO; return -1; }
            return syscall(SYS_fsync, descriptor);
        }

        int fdatasync(int descriptor) {
            if (broken()) { errno = EIO; return -1; }
            return syscall(SYS_fdatasync, descriptor);
        }

        """

    private let directory: TemporaryDirectory

    /// Compiles it.
    package init() throws {
        directory = try TemporaryDirectory()
        guard let compiler = Self.compiler else { throw ProcessFailure("there is no C compiler") }
        try Self.source.write(toFile: directory.file("sync.c"), atomically: true, encoding: .utf8)
        let command = try Command.runBlocking(
            [compiler, "-shared", "-fPIC", "-O1", "-o", directory.file("sync.so"), directory.file("sync.c")])
        guard command.succeeded else { throw ProcessFailure("the library does not compile: \(command.errors)") }
    }

    /// The path of a C compiler; nil where there is none.
    package static let compiler: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        .flatMap { folder in ["cc", "clang", "gcc"].map { "\(folder)/\($0)" } }
        .first { access($0, X_OK) == 0 }

    /// For the environment of the process.
    package var variables: [String: String] { ["LD_PRELOAD": directory.file("sync.so"), "EKMD_BROKEN_SYNC": directory.file("broken")] }

    package func breakDown() throws {
        guard FileManager.default.createFile(atPath: directory.file("broken"), contents: nil) else {
            throw ProcessFailure("cannot make \(directory.file("broken"))")
        }
    }

    package func mend() { unlink(directory.file("broken")) }
}

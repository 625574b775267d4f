// swift-tools-version: 6.2
import PackageDescription

let tests: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
let shipped: [SwiftSetting] = tests + [.strictMemorySafety()]

// Event loops and the Unix socket of the daemon.
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let posix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
// The fault-injecting KMS of the tests speaks HTTP.
let http = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
// SQLite, with migrations and a connection pool.
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
// The same SQLite in its own words: a purge reads the pages through SQLite's handle of the file, and tests put a failing file below it.
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
// The command line of ekmd and ekmctl.
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
// The log API; ServiceManager sends it to the journal.
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
// The configuration file, with the line of every node.
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "ekmd",
    dependencies: [
        // Why each is here stands beside the product above.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries: a module map and the shims Swift cannot do without.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // Linux calls that Glibc's module does not show: timerfd, prctl, getrandom, ucred.
        .systemLibrary(name: "CLinux"),
        // What every room needs and nobody writes twice: hex, base64, UTC times, wiped buffers, the lock. No OpenSSL, no I/O.
        .target(name: "Bedrock", dependencies: ["CLinux"], swiftSettings: shipped),
        // Secrets in locked memory, AEAD, key wrap, KDF, commitment and random, thin over OpenSSL.
        .target(name: "Cryptography", dependencies: ["Bedrock", "COpenSSL", "CLinux"], swiftSettings: shipped),
        // The domain, pure: environments, keys, verdicts, deadlines and lives as values and functions; the protocols of stores and main keys.
        .target(name: "KeyHierarchy", dependencies: ["Bedrock", "Cryptography"], swiftSettings: shipped),
        // The hierarchies in memory: the directory, the cache, and the parts that prove, fetch, change, repack, erase, poll and tell.
        // The Dispatch timers and jobs, and the one assembly of a running daemon.
        // A folder for each kind of customer main key.
        .target(name: "MainKeys", dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", "CCurl", "CLinux"], swiftSettings: shipped),
        // The key store, on SQLite.
        .target(name: "SQLiteStore", dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", grdb, sqlite], swiftSettings: shipped),
        // Frames, requests, answers and error codes; no I/O.
        // The socket: who may do what, and the way of a request.
        // systemd: notify, watchdog, socket activation, credentials, journal.
        // The thin client: connect, pipeline, call.
        // Large data, encrypted in the client's own process.
        // The daemon: configuration and composition.
        // The command line of operators and customers, one file for each command.
        // Fakes, manual clocks, emulators and the daemon's fixture, for all tests.
        .target(
            name: "TestSupport", dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", "MainKeys", nio, posix, http],
            path: "Tests/TestSupport", swiftSettings: tests),
        // What every key store does, as functions that any store can be given to.
        .target(
            name: "KeyStoreContract", dependencies: ["KeyHierarchy", "Cryptography", "TestSupport"], path: "Tests/KeyStoreContract",
            swiftSettings: tests),
        // A layer below SQLite whose writes and syncs fail, or wait, on command.
        .target(name: "FaultyFiles", dependencies: [sqlite], path: "Tests/FaultyFiles"),
        // The fake KMS answers as the emulators do.
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "SQLiteStore", "KeyHierarchy", "Cryptography", "Bedrock", "TestSupport", "KeyStoreContract", "FaultyFiles", grdb,
            ],
            swiftSettings: tests),
    ]
)

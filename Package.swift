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
// The benchmark's latencies: a histogram whose error is known and whose tail is not cut off.
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")

let package = Package(
    name: "ekmd",
    products: [
        .library(name: "EKMClient", targets: ["EKMClient"]),
        .library(name: "EKMStreams", targets: ["EKMStreams"]),
        .executable(name: "ekmd", targets: ["ekmd"]),
        .executable(name: "ekmctl", targets: ["ekmctl"]),
        .executable(name: "ekmbench", targets: ["ekmbench"]),
        .executable(name: "ekmfloor", targets: ["ekmfloor"]),
        .library(name: "ekmallocations", type: .dynamic, targets: ["CAllocations"]),
        .executable(name: "simulate", targets: ["Simulation"]),
    ],
    dependencies: [
        // Why each is here stands beside the product above.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // System libraries: a module map and the shims Swift cannot do without.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        // Linux calls that Glibc's module does not show: timerfd, prctl, getrandom, ucred.
        .systemLibrary(name: "CLinux"),
        // What every room needs and nobody writes twice: hex, base64, UTC times, wiped buffers, the lock. No OpenSSL, no I/O.
        .target(name: "Bedrock", dependencies: ["CLinux"], swiftSettings: shipped),
        // Secrets in locked memory, AEAD, key wrap, KDF, commitment and random, thin over OpenSSL.
        .target(name: "Cryptography", dependencies: ["Bedrock", "COpenSSL", "CLinux"], swiftSettings: shipped),
        // The domain, pure: environments, keys, verdicts, deadlines and lives as values and functions; the protocols of stores and main keys.
        .target(name: "KeyHierarchy", dependencies: ["Bedrock", "Cryptography"], swiftSettings: shipped),
        // The hierarchies in memory: the directory, the cache, and the parts that prove, fetch, change, repack, erase, poll and tell.
        .target(name: "Keyring", dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", "CLinux"], swiftSettings: shipped),
        // The Dispatch timers and jobs, and the one assembly of a running daemon.
        .target(name: "Upkeep", dependencies: ["Keyring", "KeyHierarchy", "Bedrock", "CLinux"], swiftSettings: shipped),
        // A folder for each kind of customer main key.
        .target(
            name: "MainKeys", dependencies: ["MainKeyDeclarations", "KeyHierarchy", "Cryptography", "Bedrock", "CCurl", "CLinux"],
            exclude: ["Declarations"], swiftSettings: shipped),
        // What each kind says of itself, pure: ekmctl offers every kind by it, without libcurl and all that asks a KMS.
        .target(name: "MainKeyDeclarations", path: "Sources/MainKeys/Declarations", swiftSettings: shipped),
        // The key store, on SQLite.
        .target(name: "SQLiteStore", dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", grdb, sqlite], swiftSettings: shipped),
        // Frames, requests, answers and error codes; no I/O.
        .target(name: "EKMWire", dependencies: ["Bedrock"], swiftSettings: shipped),
        // The socket: who may do what, and the way of a request.
        .target(
            name: "EKMServer", dependencies: ["Keyring", "KeyHierarchy", "Cryptography", "Bedrock", "EKMWire", "CLinux", nio, posix, log],
            swiftSettings: shipped),
        // systemd: notify, watchdog, socket activation, credentials, journal.
        .target(name: "ServiceManager", dependencies: ["Bedrock", "CSystemd", "CLinux", log], swiftSettings: shipped),
        // The thin client: connect, pipeline, call.
        .target(name: "EKMClient", dependencies: ["EKMWire", "Bedrock", "CLinux"], swiftSettings: shipped),
        // Large data, encrypted in the client's own process.
        .target(name: "EKMStreams", dependencies: ["EKMClient", "EKMWire", "Cryptography", "Bedrock"], swiftSettings: shipped),
        // The daemon: configuration and composition.
        .executableTarget(
            name: "ekmd",
            dependencies: [
                "Upkeep", "Keyring", "KeyHierarchy", "Cryptography", "Bedrock", "MainKeys", "MainKeyDeclarations", "SQLiteStore",
                "EKMServer",
                "ServiceManager", "EKMWire",
                "CLinux", arguments, log, yaml,
            ], swiftSettings: shipped),
        // The command line of operators and customers, one file for each command.
        .executableTarget(
            name: "ekmctl",
            dependencies: ["EKMClient", "EKMStreams", "EKMWire", "MainKeyDeclarations", "Cryptography", "Bedrock", "CLinux", arguments],
            swiftSettings: shipped),
        // What a benchmark needs of Linux beyond Glibc's module: counters, CPUs, and what must happen between fork and exec.
        .target(name: "CBench"),
        // Counts a server's allocations, preloaded into it.
        .target(name: "CAllocations"),
        // The bare C servers that ekmd is measured against; nothing of ours is in them.
        .executableTarget(name: "ekmfloor", dependencies: ["COpenSSL"]),
        // The benchmark of the whole: load over the socket, ekmd and the bare servers in turn.
        .executableTarget(
            name: "ekmbench", dependencies: ["CBench", "EKMWire", "Bedrock", arguments, histogram], swiftSettings: shipped),

        // Fakes, manual clocks, emulators and the daemon's fixture, for all tests.
        .target(
            name: "TestSupport",
            dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", "MainKeys", "MainKeyDeclarations", "JSONSchema", nio, posix, http],
            path: "Tests/TestSupport", swiftSettings: tests),
        // Any JSON value; JSON Schemas, as far as the project's own need them, and the check of a value against one.
        .target(name: "JSONSchema", path: "Tests/JSONSchema", swiftSettings: tests),
        // What every key store does, as functions that any store can be given to.
        .target(
            name: "KeyStoreContract", dependencies: ["KeyHierarchy", "Cryptography", "TestSupport"], path: "Tests/KeyStoreContract",
            swiftSettings: tests),
        // A layer below SQLite whose writes and syncs fail, or wait, on command.
        .target(name: "FaultyFiles", dependencies: [sqlite], path: "Tests/FaultyFiles"),
        // What of libc, OpenSSL, Dispatch and SQLite's files a simulation answers itself.
        .target(name: "CSimulation", dependencies: ["COpenSSL", sqlite], path: "Tests/CSimulation"),
        // One seed decides everything: the daemon's parts among a KMS, a disk, clocks and people, and an auditor of the promises beside them.
        .executableTarget(
            name: "Simulation",
            dependencies: [
                "CSimulation", "Upkeep", "Keyring", "KeyHierarchy", "SQLiteStore", "MainKeys", "Cryptography", "Bedrock", "TestSupport",
            ],
            path: "Tests/Simulation", exclude: ["Defects", "seeds.txt"], swiftSettings: tests),
        // The fake KMS answers as the emulators do; the check of schemas can fail.
        .testTarget(name: "TestSupportTests", dependencies: ["TestSupport", "Keyring", "JSONSchema"], swiftSettings: tests),
        .testTarget(name: "BedrockTests", dependencies: ["Bedrock"], swiftSettings: tests),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography", "Bedrock"], resources: [.copy("Vectors")], swiftSettings: tests),
        .testTarget(
            name: "KeyHierarchyTests", dependencies: ["KeyHierarchy", "Cryptography", "Bedrock", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "KeyringTests",
            dependencies: ["Keyring", "Upkeep", "KeyHierarchy", "Cryptography", "Bedrock", "MainKeys", "TestSupport"],
            swiftSettings: tests),
        .testTarget(
            name: "UpkeepTests", dependencies: ["Upkeep", "Keyring", "KeyHierarchy", "Bedrock", "TestSupport"], swiftSettings: tests),
        .testTarget(
            name: "MainKeysTests",
            dependencies: [
                "MainKeys", "MainKeyDeclarations", "Keyring", "KeyHierarchy", "Cryptography", "Bedrock", "TestSupport", "JSONSchema",
            ],
            swiftSettings: tests),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "SQLiteStore", "Keyring", "KeyHierarchy", "Cryptography", "Bedrock", "MainKeys", "TestSupport", "KeyStoreContract",
                "FaultyFiles", grdb,
            ],
            swiftSettings: tests),
        .testTarget(name: "EKMWireTests", dependencies: ["EKMWire", "Bedrock", "JSONSchema"], swiftSettings: tests),
        .testTarget(
            name: "EKMServerTests",
            dependencies: [
                "EKMServer", "EKMWire", "EKMClient", "Upkeep", "Keyring", "KeyHierarchy", "Cryptography", "Bedrock", "TestSupport", nio,
                posix,
            ],
            swiftSettings: tests),
        .testTarget(name: "EKMClientTests", dependencies: ["EKMClient", "EKMWire", "Bedrock"], swiftSettings: tests),
        .testTarget(name: "EKMStreamsTests", dependencies: ["EKMStreams", "EKMClient", "Cryptography", "Bedrock"], swiftSettings: tests),
        .testTarget(name: "ServiceManagerTests", dependencies: ["ServiceManager", log], swiftSettings: tests),
        // The programs themselves run in them: real servers, for moments.
        .testTarget(
            name: "ekmbenchTests", dependencies: ["ekmbench", "ekmfloor", "ekmd", "CBench", "EKMWire", "TestSupport"],
            swiftSettings: tests),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "ekmd", "ekmctl", "EKMClient", "EKMStreams", "EKMWire", "EKMServer", "Upkeep", "Keyring", "KeyHierarchy", "MainKeys",
                "MainKeyDeclarations", "SQLiteStore",
                "Cryptography", "Bedrock", "TestSupport", "JSONSchema", log,
            ], swiftSettings: tests),
    ]
)

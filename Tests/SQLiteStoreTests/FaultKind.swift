import FaultyFiles
import GRDBSQLite
import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import TestSupport
import Testing

/// What can befall the stores that we have.
enum FaultKind: String, CaseIterable, CustomTestStringConvertible {
    case memoryBefore = "in memory, before the commit"
    case memoryAfter = "in memory, after the commit"
    case memoryBusy = "in memory, busy"
    case memorySlow = "in memory, slow"
    case brokenWrite = "on disk, no frame of the log can be written"
    case brokenLaterWrite = "on disk, a part of a frame of the log cannot be written"
    case full = "on disk, the disk is full"
    case brokenSyncOnce = "on disk, the log is written, and its sync fails once"
    case brokenSync = "on disk, the log is written, and no sync works any more"
    case brokenSyncTwice = "on disk, the log is written, and its sync fails twice"
    case busy = "on disk, another program writes"
    case slow = "on disk, the sync takes its time"

    var testDescription: String { rawValue }

    func with(_ body: (FaultBench) async throws -> Void) async throws {
        switch self {
        case .memoryBefore, .memoryAfter, .memoryBusy, .memorySlow:
            let store = InMemoryKeyStore()
            try await body(FaultBench(store, fault(of: store)) { InMemoryKeyStore(store.snapshot()) })
        default:
            let state = try StateDirectory()
            let disk = try FaultyDisk(below: state)
            let store = try state.open()
            let crashes = Guarded<[StateDirectory]>([])
            try await body(
                FaultBench(store, fault(of: state, disk)) {
                    let crashed = try StateDirectory()
                    crashes.with { $0.append(crashed) }
                    for (name, bytes) in try state.contents where !name.hasSuffix("-shm") { try crashed.write(bytes, to: name) }
                    return try crashed.open()
                })
            try store.close()
        }
    }

    private func fault(of store: InMemoryKeyStore) -> StoreFault {
        let end: @Sendable () async throws -> Void = { store.inject(nil) }
        switch self {
        case .memoryAfter: return StoreFault(rawValue, .unknownOutcome, .failed, begin: { store.inject(.after) }, end: end)
        case .memoryBusy: return StoreFault(rawValue, .busy, begin: { store.inject(.busy) }, end: end)
        case .memorySlow:
            let gate = StoreGate()
            return StoreFault(
                slow: rawValue, begin: { store.inject(.slow { await gate.wait() }) },
                during: { look in
                    while !gate.isAwaited { await Task.yield() }
                    store.inject(nil)
                    try await look()
                    gate.open()
                })
        default: return StoreFault(rawValue, .failed, begin: { store.inject(.fails) }, end: end)
        }
    }

    private func fault(of state: StateDirectory, _ disk: FaultyDisk) -> StoreFault {
        let mend: @Sendable () async throws -> Void = { disk.mend() }
        switch self {
        case .brokenWrite:
            return StoreFault(rawValue, .failed, begin: { disk.fail(FaultyCallWrite, code: Self.brokenWriteCode) }, end: mend)
        case .brokenLaterWrite:
            return StoreFault(
                rawValue, .failed, begin: { disk.fail(FaultyCallWrite, after: 1, times: 1, code: Self.brokenWriteCode) }, end: mend)
        case .full: return StoreFault(rawValue, .notWritable, begin: { disk.fail(FaultyCallWrite, code: SQLITE_FULL) }, end: mend)
        case .brokenSyncOnce:
            return StoreFault(rawValue, .failed, begin: { disk.fail(FaultyCallSync, times: 1, code: Self.brokenSyncCode) }, end: mend)
        case .brokenSync:
            return StoreFault(
                rawValue, .unknownOutcome, .failed, begin: { disk.fail(FaultyCallSync, code: Self.brokenSyncCode) }, end: mend)
        case .brokenSyncTwice:
            return StoreFault(
                rawValue, .unknownOutcome, .failed, begin: { disk.fail(FaultyCallSync, times: 2, code: Self.brokenSyncCode) }, end: mend)
        case .busy:
            let writer = Guarded<ForeignWriter?>(nil)
            return StoreFault(
                rawValue, .busy, begin: { try writer.with { $0 = try ForeignWriter(of: state) } },
                end: {
                    try writer.with { writer in
                        try writer?.end()
                        writer = nil
                    }
                })
        default:
            return StoreFault(
                slow: rawValue, begin: { disk.hold() },
                during: { look in
                    while !disk.isHeld { await Task.yield() }
                    try await look()
                    disk.release()
                })
        }
    }

    // As SQLite composes them; its macros do not come through.
    private static let brokenWriteCode = SQLITE_IOERR | 3 << 8
    private static let brokenSyncCode = SQLITE_IOERR | 4 << 8
}

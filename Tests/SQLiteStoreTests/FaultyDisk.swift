import FaultyFiles
import GRDBSQLite
import KeyHierarchy
import KeyStoreContract
import Testing

/// The disk below one store, which fails on command.
final class FaultyDisk: @unchecked Sendable {
    // Only handed to C, which locks.
    private let plan: OpaquePointer

    /// To be made before the store is opened.
    init(below state: StateDirectory) throws {
        try #require(faulty_files_install() == SQLITE_OK)
        plan = try #require(faulty_plan_make(state.path))
    }

    deinit { faulty_plan_free(plan) }

    func fail(_ call: FaultyCall, of file: FaultyFile = FaultyFileLog, after: Int = 0, times: Int = -1, code: CInt) {
        faulty_plan_fail(plan, file, call, CInt(after), CInt(times), code)
    }

    func mend() { faulty_plan_mend(plan) }

    func calls(_ call: FaultyCall, of file: FaultyFile = FaultyFileLog) -> Int { faulty_plan_calls(plan, file, call) }

    /// Syncs of the log wait until they are released.
    func hold() { faulty_plan_hold(plan) }
    func release() { faulty_plan_release(plan) }
    var isHeld: Bool { faulty_plan_is_held(plan) != 0 }
}

/// What the machine's clocks say, beside what is true.
///
/// Sendable although it has no lock: only the simulating thread ever touches it.
final class SimClocks: @unchecked Sendable {
    /// True wall time at the beginning; seconds since 1970.
    static let wallBegin: Int64 = 1_795_429_200

    private let executor: SimExecutor
    /// How far the wall clock is ahead of the truth; seconds.
    private(set) var wallError: Int64 = 0
    private(set) var boots = 1
    private var bootBegan: UInt64
    var isSynchronised = true

    init(executor: SimExecutor) {
        self.executor = executor
        bootBegan = executor.now - 500 * second
    }

    // MARK: What the daemon reads

    var bootTime: UInt64 { executor.now - bootBegan }
    var wall: Int64 { trueWall + wallError }

    // MARK: The truth

    var now: UInt64 { executor.now }
    var trueWall: Int64 { Self.wall(at: executor.now) }

    static func wall(at time: UInt64) -> Int64 { wallBegin + Int64((time - SimExecutor.begin) / second) }

    /// The true time that an instant of this boot's clock names.
    func time(ofBoot nanoseconds: UInt64) -> UInt64 {
        let (sum, overflow) = bootBegan.addingReportingOverflow(nanoseconds)
        return overflow ? .max : sum
    }

    // MARK: What happens to them

    func jump(by seconds: Int64) { wallError += seconds }

    func setRight() {
        wallError = 0
        isSynchronised = true
    }

    func reboot() {
        boots += 1
        bootBegan = executor.now - 3 * second
    }
}

internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension RepackReport {
    /// Where there is none.
    static let none = RepackReport(state: "none", moved: 0, total: 0)

    /// What `repack show` tells.
    init(_ view: RepackView, of environment: EnvironmentRecord) {
        let repack = view.record
        let isPaused = repack.state == .paused
        self.init(
            state: isPaused ? "paused" : view.waitingFor == nil ? "running" : "waiting",
            cause: repack.cause == .replacement ? "replacement" : "rotation", moved: repack.moved, total: repack.total,
            keysPerSecond: view.keysPerSecond < 1 ? nil : Int(view.keysPerSecond),
            secondsLeft: view.timeLeft.map { Int($0.components.seconds) + 1 },
            startedAt: repack.startedAt.description,
            waitingFor: isPaused
                ? nil : view.waitingFor.map { Wait(text: $0.message, why: $0.verdict.flatMap { $0.reason.isEmpty ? nil : $0.reason }) },
            from: view.sources.filter { $0.version != repack.target }.map { End($0, of: environment) },
            to: environment.environmentKey(repack.target).map { End($0, of: environment) })
    }
}

extension RepackReport.End {
    init(_ key: EnvironmentKeyRecord, of environment: EnvironmentRecord) {
        self.init(version: Int(key.version.number), mainKey: MainKeyReport(of: key.mainKey, key.generation, in: environment))
    }
}

extension MainKeyReport {
    /// A main key that keys of the environment hang under.
    init(of mainKey: MainKeyID, _ generation: Generation?, in environment: EnvironmentRecord) {
        guard let record = environment.mainKey(mainKey) else {
            self.init(kind: "unknown", reference: "", generation: generation?.name)
            return
        }
        self.init(record.reference, generation)
    }
}

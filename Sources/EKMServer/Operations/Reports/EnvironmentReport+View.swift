internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension EnvironmentReport {
    /// What `env show` tells.
    init(_ view: EnvironmentView, inMemory: InMemoryReport) {
        let record = view.record
        self.init(
            environment: record.identity.name.description, id: record.identity.id.description, state: State(rawValue: view.state.rawValue),
            mainKey: MainKeyReport(record.mainKey.reference, record.environmentKey.generation),
            proof: ProofReport(provedAt: view.provedAt, view.verdict), secondsLeft: Int(view.secondsLeft),
            census: view.census.map { CensusReport(generation: $0.generation?.name ?? "unknown", keys: $0.keys) },
            replacement: ReplacementReport(lastAt: record.replacedAt?.description, allowedFrom: view.replacementAllowedFrom?.description),
            repack: view.repack.map { RepackReport($0, of: record) },
            keys: KeyCountReport(
                hourly: view.contents.hourlyKeys, connection: view.contents.connectionKeys, log: view.contents.logKeys),
            lock: view.locks.first.map(LockReport.init), locks: view.locks.map(LockReport.init),
            retention: RetentionReport(view.retention),
            inMemory: inMemory, createdAt: record.createdAt.description)
    }
}

extension RetentionReport {
    init(_ retention: Retention) {
        self.init(
            hours: retention.hours.map { Int($0.components.seconds) }, logs: retention.logs.map { Int($0.components.seconds) },
            next: retention.next.map { next in
                Next(
                    hours: next.hours.map { Int($0.components.seconds) }, logs: next.logs.map { Int($0.components.seconds) },
                    from: next.from.description)
            })
    }
}

extension InMemoryReport {
    init(_ keys: KeysInMemory, ciphers: Int) { self.init(environmentKeys: keys.environmentKeys, keys: keys.keys, ciphers: ciphers) }
}

extension LockReport {
    init(_ lock: EnvironmentLock) { self.init(number: Int(lock.number), at: lock.at.description, reason: lock.reason) }
}

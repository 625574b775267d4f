import Cryptography
import KeyHierarchy
import Keyring
import MainKeys

/// What operators ask for.
extension DaemonLife {
    var bootNow: BootInstant { BootInstant(nanoseconds: clocks.bootTime) }
    var wallNow: WallTime { Self.wallTime(clocks) }

    static func wallTime(_ clocks: SimClocks) -> WallTime { WallTime(seconds: clocks.wall) }

    // MARK: Environments

    /// - Returns: the environment's id.
    func create(_ name: String, under choice: MainKeyChoice) async throws(Refusal) -> String {
        try await request { () throws(HierarchyError) in
            let environment = try await hierarchies.environments.create(
                EnvironmentName(name), reference: MainKeyReference(choice), material: choice.material)
            return environment.identity.id.description
        }
    }

    func delete(_ name: String) async throws(Refusal) {
        try await request { () throws(HierarchyError) in
            _ = try await hierarchies.environments.delete(EnvironmentName(name), confirmation: name)
        }
    }

    func lock(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.environments.lock(environment, reason: "simulated") }
    }

    func unlock(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in
            let locks = try await hierarchies.views.view(of: environment).locks
            guard !locks.isEmpty else { return try await hierarchies.environments.unlock(environment, number: nil) }
            for lock in locks { try await hierarchies.environments.unlock(environment, number: lock.number) }
        }
    }

    func setRetention(_ retention: DaemonAnswer.Retention, of name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in
            try await hierarchies.environments.changeRetention(of: environment, atOnce: true) { _ in Retention(retention) }
        }
    }

    func view(_ name: String) async throws(Refusal) -> DaemonAnswer.View {
        let environment = try environment(name)
        return try await request { () throws(HierarchyError) in
            DaemonAnswer.View(try await hierarchies.views.view(of: environment), environment.keysInMemory)
        }
    }

    /// As `key show`: asks the KMS too.
    func mainKeyView(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in _ = try await hierarchies.views.mainKeyView(of: environment) }
    }

    func reload(_ settings: DaemonSettings) { hierarchies.apply(KeyringSettings(settings)) }

    func acceptClock() async throws(Refusal) {
        guard pulse.isAlive else { throw .died }
        do { try await hierarchies.judge.accept() } catch { throw pulse.isAlive ? Refusal(error) : .died }
        guard pulse.isAlive else { throw .died }
    }

    // MARK: Main keys

    func replace(
        _ name: String, with choice: MainKeyChoice, withoutOld: Bool, whenGranted: Bool, isDryRun: Bool
    ) async throws(Refusal) -> DaemonAnswer.Outcome {
        let environment = try environment(name)
        return try await request { () throws(HierarchyError) in
            let outcome = try await hierarchies.mainKeys.replaceMainKey(
                of: environment, reference: MainKeyReference(choice), material: choice.material,
                options: ReplacementOptions(isDryRun: isDryRun, withoutOld: withoutOld, whenGranted: whenGranted))
            return DaemonAnswer.Outcome(
                kind: outcome.kind.rawValue,
                endsWaiting: outcome.warnings.contains { $0.contains("given up") })
        }
    }

    func cancelPending(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.mainKeys.cancelPending(of: environment) }
    }

    func rotate(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.mainKeys.rotateManagedKey(of: environment) }
    }

    func refresh(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.poller.refreshMainKey(of: environment) }
    }

    func withdraw(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in
            _ = try await hierarchies.mainKeys.withdrawMaterial(of: environment, confirmation: name)
        }
    }

    // MARK: Repacks

    func pauseRepack(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.repacker.pause(environment) }
    }

    func resumeRepack(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.repacker.resume(environment) }
    }

    func cancelRepack(_ name: String) async throws(Refusal) {
        let environment = try environment(name)
        try await request { () throws(HierarchyError) in try await hierarchies.repacker.cancel(environment) }
    }

    // MARK: Erasure

    func erase(_ subject: ErasureSubject, of name: String) async throws(Refusal) -> DaemonAnswer.Receipt {
        let environment = try environment(name)
        return try await request { () throws(HierarchyError) in
            DaemonAnswer.Receipt(try await hierarchies.eraser.erase(ErasureRecord.Subject(subject), of: environment, cause: .command))
        }
    }

    func receipts(_ name: String) async throws(Refusal) -> [DaemonAnswer.Receipt] {
        let environment = try environment(name)
        return try await request { () throws(HierarchyError) in
            try await hierarchies.eraser.receipts(of: environment).map(DaemonAnswer.Receipt.init)
        }
    }
}

extension MainKeyReference {
    fileprivate init(_ choice: MainKeyChoice) {
        switch choice {
        case .managed: self = .managed
        case .material: self = .material
        case .kms(let name): self.init(kind: .awsKMS, identifier: name)
        }
    }
}

extension MainKeyChoice {
    fileprivate var material: SecretBytes? {
        guard case .material(let byte) = self else { return nil }
        let bytes = [UInt8](repeating: byte, count: 32)
        return try? SecretBytes(copying: bytes.span.bytes)
    }
}

extension MainKeyLabel {
    fileprivate init(_ reference: MainKeyReference) {
        switch reference.kind {
        case .managed: self = .managed
        case .material: self = .material
        default: self = .kms(reference.identifier)
        }
    }
}

extension Retention {
    fileprivate init(_ retention: DaemonAnswer.Retention) {
        self.init(hours: retention.hours.map { .seconds($0) }, logs: retention.logs.map { .seconds($0) })
    }
}

extension DaemonAnswer.View {
    fileprivate init(_ view: EnvironmentView, _ memory: KeysInMemory) {
        let record = view.record
        environment = record.identity.id.description
        mainKey = MainKeyLabel(record.mainKey.reference)
        pending = record.pending.map { MainKeyLabel($0.record.reference) }
        isLocked = !view.locks.isEmpty
        isWithdrawn = record.isWithdrawn
        retention = DaemonAnswer.Retention(
            hours: record.retention.hours?.components.seconds, logs: record.retention.logs?.components.seconds)
        repack = record.repack.map {
            DaemonAnswer.Repack(isReplacement: $0.cause == .replacement, isPaused: $0.state == .paused, target: $0.target.number)
        }
        let references = Dictionary(
            ([record.mainKey] + record.formerMainKeys).map { ($0.id, $0.reference) }, uniquingKeysWith: { first, _ in first })
        census = view.census.map { entry in
            DaemonAnswer.Census(
                version: entry.version.number, mainKey: references[entry.mainKey].map(MainKeyLabel.init) ?? .managed, keys: entry.keys)
        }
        keys = view.contents.hourlyKeys + view.contents.connectionKeys + view.contents.logKeys
        version = record.environmentKey.version.number
        state = view.state.rawValue
        keysInMemory = memory.environmentKeys + memory.keys
    }
}

extension ErasureRecord.Subject {
    fileprivate init(_ subject: ErasureSubject) {
        switch subject {
        case .before(let time): self = .before(WallTime(seconds: time))
        case .connection(let id): self = .connection(ConnectionID(id.text))
        case .logs(let time): self = .logs(before: WallTime(seconds: time))
        }
    }
}

extension DaemonAnswer.Receipt {
    /// The document is canonical JSON: its members stand in the order of their names, without a space.
    fileprivate init(_ receipt: SignedReceipt) {
        let text = Substring(String(decoding: receipt.document, as: UTF8.self))
        let listed = text.after("\"listed\":[").before("]")
        id = receipt.erasure.description
        environment = receipt.environment.description
        keys = listed.pieces(after: "\"id\":\"").map { String($0.before("\"")) }
        isRetention = text.after("\"cause\":\"").before("\"") == "retention"
        let keyCounts = text.after("\"keys\":{")
        let count = ["connection", "hourly", "log"].map { Int(keyCounts.after("\"\($0)\":").digits) ?? 0 }.reduce(0, +)
        isComplete = count == keys.count
        startedAt = String(text.after("\"startedAt\":\"").before("\""))
        let subject = text.after("\"subject\":{").before("}")
        self.subject =
            switch subject.after("\"kind\":\"").before("\"") {
            case "connection": .connection(ScopeID(String(subject.after("\"connection\":\"").before("\""))))
            case "logs": .logs(before: 0)
            default: .before(0)
            }
    }
}

extension Substring {
    fileprivate func after(_ mark: String) -> Substring { firstRange(of: mark).map { self[$0.upperBound...] } ?? "" }

    fileprivate func before(_ mark: String) -> Substring { firstRange(of: mark).map { self[..<$0.lowerBound] } ?? self }

    fileprivate var digits: Substring { prefix { $0.isNumber } }

    fileprivate func pieces(after mark: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self
        while let range = rest.firstRange(of: mark) {
            rest = rest[range.upperBound...]
            pieces.append(rest)
        }
        return pieces
    }

    private func firstRange(of mark: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(mark), let end = index(start, offsetBy: mark.count, limitedBy: endIndex) { return start..<end }
            start = index(after: start)
        }
        return nil
    }
}

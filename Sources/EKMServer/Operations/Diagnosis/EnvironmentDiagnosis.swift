internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Walks one environment's path: its switches, its main key, its proof, and what hangs under which key.
struct EnvironmentDiagnosis {
    private let environment: LiveEnvironment
    private let service: Service

    init(_ environment: LiveEnvironment, _ service: Service) {
        self.environment = environment
        self.service = service
    }

    func checks() async -> [DoctorReport.Check] {
        let name = environment.identity.name
        let view: EnvironmentView
        do { view = try await service.hierarchies.views.view(of: environment) } catch {
            return [DoctorReport.Check("store", .failed, error.message, remedy: error.remedy)]
        }
        var checks = [shut(view)]
        guard view.record.damage == nil else { return checks }
        checks += await service.hierarchies.poller.diagnose(environment).map(DoctorReport.Check.init)
        checks += [proof(view), census(view)]
        if let repack = view.repack { checks.append(Self.check(repack, name)) }
        if view.record.pending != nil {
            checks.append(
                DoctorReport.Check("pending key", .warning, "A main key waits for its grant.", remedy: "See ekmctl key show \(name)."))
        }
        return checks
    }

    /// Whether the store or an operator keeps it shut.
    private func shut(_ view: EnvironmentView) -> DoctorReport.Check {
        let name = environment.identity.name
        if let damage = view.record.damage {
            return DoctorReport.Check("environment", .failed, damage, remedy: "Restore the store from a backup.")
        }
        if let lock = view.locks.first {
            return DoctorReport.Check(
                "environment", .failed, "It is locked since \(lock.at): \(lock.reason)", remedy: "ekmctl env unlock \(name)")
        }
        return DoctorReport.Check("environment", .ok, "\(name) is \(view.state.rawValue).")
    }

    private func proof(_ view: EnvironmentView) -> DoctorReport.Check {
        let memory = environment.keysInMemory
        let count = memory.environmentKeys + memory.keys
        let cached = "\(count) \(count == 1 ? "key is" : "keys are") in memory."
        switch view.verdict?.verdict {
        case .granted?:
            let at = view.provedAt.map { " at \($0)" } ?? ""
            return DoctorReport.Check(
                "proof", .ok, "The main key last answered\(at); without its KMS the environment would live \(view.secondsLeft) s. \(cached)"
            )
        case nil: return DoctorReport.Check("proof", .ok, "The main key was not asked yet: the next request asks it. \(cached)")
        case let verdict?:
            let record = view.verdict
            return DoctorReport.Check(
                "proof", .failed,
                "\(verdict.name) since \(record?.at.description ?? "-")\(record.map { $0.reason.isEmpty ? "" : ": \($0.reason)" } ?? ""). \(cached)",
                remedy: "As the failed checks of the main key say; ekmd finds by itself when it answers again.")
        }
    }

    /// Every live key has a wrap at least; while a repack runs some have two.
    private func census(_ view: EnvironmentView) -> DoctorReport.Check {
        let keys = view.contents.hourlyKeys + view.contents.connectionKeys + view.contents.logKeys
        let wraps = view.census.reduce(0) { $0 + $1.keys }
        guard wraps >= keys else {
            return DoctorReport.Check(
                "census", .failed, "Of the \(keys) live keys only \(wraps) have a wrap: the others cannot be opened any more.",
                remedy: "Restore the store from a backup.")
        }
        let versions = view.census.map { "\($0.keys) under version \($0.version.number)" }.joined(separator: ", ")
        return DoctorReport.Check("census", .ok, "\(keys) live \(keys == 1 ? "key" : "keys"): \(versions).")
    }

    private static func check(_ repack: RepackView, _ name: EnvironmentName) -> DoctorReport.Check {
        let progress = "\(repack.record.moved) of \(repack.record.total) keys are moved"
        if repack.record.state == .paused {
            return DoctorReport.Check("repack", .warning, "\(progress); it is paused.", remedy: "ekmctl repack resume \(name)")
        }
        if let waiting = repack.waitingFor {
            return DoctorReport.Check("repack", .warning, "\(progress); it waits: \(waiting.message)", remedy: waiting.remedy)
        }
        return DoctorReport.Check("repack", .ok, "\(progress).")
    }
}

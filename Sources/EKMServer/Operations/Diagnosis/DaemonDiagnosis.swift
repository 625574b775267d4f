internal import EKMWire
internal import Glibc
internal import KeyHierarchy
internal import Keyring

/// What the daemon sees of itself.
struct DaemonDiagnosis {
    private static let leastRoom: UInt64 = 64 << 20

    let checks: [DoctorReport.Check]

    /// What speaks of other customers, and of the root key, is for who may look at everything.
    init(_ service: Service, for peer: Peer) async {
        let seesAll = service.authorizer.seesAll(peer)
        let daemon = service.daemon
        let seconds = service.began.remaining(until: service.clock.now).components.seconds
        var checks = [
            DoctorReport.Check("daemon", .ok, "ekmd \(daemon.version) is up for \(seconds) s, since \(service.startedAt)."),
            Self.room(daemon.state),
            await DoctorReport.Check(service.hierarchies.views.diagnoseStore()),
        ]
        if seesAll {
            checks.append(
                daemon.isRootKeyExported()
                    ? DoctorReport.Check("root key copy", .ok, "A copy of the root key was exported.")
                    : DoctorReport.Check(
                        "root key copy", .warning, "No copy of the root key was ever exported: a lost disk is lost data.",
                        remedy: "ekmctl root export --to FILE, and keep it offline."))
        }
        if case .doubt(let reason) = service.hierarchies.judge.state {
            checks.append(
                DoctorReport.Check(
                    "clock", .failed, "\(reason) Erasure and replacement wait.",
                    remedy: "Set the clock right; or, if it is right: ekmctl clock accept."))
        } else {
            checks.append(DoctorReport.Check("clock", .ok, "The wall clock advances as it should."))
        }
        if seesAll { checks += daemon.warnings().map { DoctorReport.Check("warning", .warning, $0) } }
        checks.append(DoctorReport.Check("audit", .skipped, "This version of ekmd keeps no audit record."))
        self.checks = checks
    }

    /// Where the store lies, as the daemon itself sees it.
    private static func room(_ path: String) -> DoctorReport.Check {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else {
            return DoctorReport.Check(
                "store's disk", .failed, "\(path) cannot be looked at: \(unsafe String(cString: strerror(errno))).",
                remedy: "See that the state directory is there, and belongs to the daemon's user.")
        }
        let free = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
        let text = "\(free >> 20) MiB are free for the store."
        guard free >= leastRoom else {
            return DoctorReport.Check("store's disk", .failed, text, remedy: "Make room: no new key can be kept.")
        }
        return DoctorReport.Check("store's disk", .ok, text)
    }
}

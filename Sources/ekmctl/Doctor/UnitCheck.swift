import EKMWire
import Glibc

/// Asks systemd about the daemon's unit, where systemd runs this machine.
struct UnitCheck {
    private static let unit = "ekmd.service"

    let check: DoctorReport.Check

    init(isReachable: Bool) { check = Self.run(isReachable: isReachable) }

    private static func run(isReachable: Bool) -> DoctorReport.Check {
        guard unsafe access("/run/systemd/system", F_OK) == 0 else {
            return DoctorReport.Check("unit", .skipped, "systemd does not run this machine.")
        }
        do throws(Failure) {
            let program = try CapturedProgram("systemctl", ["is-active", unit])
            let state = program.output.split(separator: "\n").first.map(String.init) ?? "unknown"
            if state == "active" { return DoctorReport.Check("unit", .ok, "\(unit) is active.") }
            if isReachable { return DoctorReport.Check("unit", .skipped, "\(unit) is \(state): ekmd was started in another way.") }
            return DoctorReport.Check(
                "unit", .failed, "\(unit) is \(state).", remedy: "systemctl start ekmd; what it says: journalctl -u ekmd -n 50")
        } catch { return DoctorReport.Check("unit", .skipped, error.message) }
    }
}

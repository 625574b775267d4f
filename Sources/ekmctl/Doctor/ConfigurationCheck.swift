import EKMWire

/// Has `ekmd` itself read the configuration: it knows what may stand there.
struct ConfigurationCheck {
    private static let name = "configuration"

    let check: DoctorReport.Check
    private let lines: [Substring]

    /// - Parameter file: nil for the usual one.
    init(file: String?) {
        var lines: [Substring] = []
        check = Self.run(file, &lines)
        self.lines = lines
    }

    /// The value of a top-level name in what is in effect; nil where it is not known.
    func value(of name: String) -> String? { lines.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) } }

    /// The root key's file, where it is one.
    var rootKeyFile: String? {
        guard let value = value(of: "root_key"), value.hasPrefix("{ file: "), value.hasSuffix(" }") else { return nil }
        return String(value.dropFirst("{ file: ".count).dropLast(2))
    }

    private static func run(_ file: String?, _ lines: inout [Substring]) -> DoctorReport.Check {
        guard let program = EKMDProgram.path else {
            return DoctorReport.Check(
                name, .skipped, "There is no ekmd beside ekmctl or in PATH to read it.", remedy: "Run: ekmd --check-config")
        }
        do throws(Failure) {
            let run = try CapturedProgram(program, ["--check-config"] + (file.map { ["--config", $0] } ?? []))
            let output = run.output.split(separator: "\n")
            switch run.status {
            case 0:
                lines = output
                let warnings = output.filter { $0.hasSuffix("(warning)") }
                guard warnings.isEmpty else {
                    return DoctorReport.Check(name, .warning, warnings.joined(separator: " "), remedy: "Correct what is named.")
                }
                return DoctorReport.Check(name, .ok, "\(output.first.map(String.init) ?? "It is correct.")".trimmingColon)
            case let status?:
                let words = output.isEmpty ? "ekmd --check-config ended with \(status)." : output.joined(separator: " ")
                return DoctorReport.Check(
                    name, .failed, words, remedy: "Correct it, check it with 'ekmd --check-config', then restart ekmd.")
            case nil:
                return DoctorReport.Check(name, .failed, "ekmd --check-config did not end.", remedy: "See whether its files can be read.")
            }
        } catch { return DoctorReport.Check(name, .skipped, error.message) }
    }
}

extension String {
    fileprivate var trimmingColon: String { hasSuffix(":") ? dropLast() + "." : self }
}

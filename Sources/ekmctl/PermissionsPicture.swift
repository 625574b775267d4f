import EKMWire

/// What somebody may do, as a terminal shows it.
struct PermissionsPicture {
    let report: PermissionsReport

    init(_ report: PermissionsReport) { self.report = report }

    var text: String {
        let who = "uid \(report.uid)" + (report.groups.map { ", groups \($0.map(String.init).joined(separator: " "))" } ?? "")
        guard !report.grants.isEmpty else { return "\(who): nothing is granted. Ask the operator to add a line to `grants`." }
        let grants = report.grants.map {
            "  \($0.subject): \($0.allow.joined(separator: ", ")) on \($0.environments.joined(separator: ", "))"
        }
        let allowed = report.operations.filter(\.isAllowed).map(\.name)
        let refused = report.operations.filter { !$0.isAllowed }.map(\.name)
        let place = report.environment.map { " on \($0)" } ?? ""
        var lines = [who, "granted:"] + grants
        lines.append("may\(place): \(allowed.joined(separator: ", "))")
        if !refused.isEmpty { lines.append("may not\(place): \(refused.joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }

    /// One operation.
    func line(_ operation: PermissionsReport.Operation) -> String {
        let place = report.environment.map { " on \($0)" } ?? ""
        if operation.isAllowed { return "uid \(report.uid) may \(operation.name)\(place)" }
        let needs = operation.needs.joined(separator: " or ")
        return
            "uid \(report.uid) may not \(operation.name)\(place): it needs \(needs) on \(operation.on == "environment" ? report.environment ?? "an environment" : operation.on)"
    }
}

internal import EKMWire
internal import KeyHierarchy

/// Tells what who asks, or another user, may do, and on what: from the declarations by which the gate goes.
enum Whoami: GatedOperation {
    typealias Request = WhoamiRequest
    typealias Aim = TheDaemon
    static let operation = Operation.whoami

    static func perform(_ found: Found<Self>, _ service: Service) throws(WireError) -> OffLoopAnswer {
        let request = found.request
        var peer = found.peer
        if let user = request.user, user != peer.user {
            try service.authorizer.require(.everything([.admin]), on: nil, for: peer)
            peer = Peer(process: 0, user: user, groups: [])
        }
        let environment = request.environment.isEmpty ? nil : try EnvironmentName(wire: request.environment)
        let grants = service.authorizer.grants(of: peer).map { grant in
            PermissionsReport.Grant(
                subject: grant.subject.description, environments: grant.environments, allow: grant.allow.map(\.rawValue).sorted())
        }
        let operations = Operation.declarations.map { declaration in
            PermissionsReport.Operation(
                name: declaration.name, needs: declaration.need.permissions.map(\.rawValue), on: declaration.need.place,
                isAllowed: service.authorizer.allows(declaration.need, on: environment, to: peer))
        }
        return try OffLoopAnswer(
            report: PermissionsReport(
                uid: peer.user, groups: request.user == nil || peer == found.peer ? peer.groups.sorted() : nil,
                environment: environment?.description, grants: grants, operations: operations))
    }
}

extension Grant.Subject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .user(let name, _): "user \(name)"
        case .group(let name, _): "group \(name)"
        }
    }
}

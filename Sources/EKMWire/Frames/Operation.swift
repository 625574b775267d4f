/// What a request asks for. Numbers this version does not know survive, so that they can be answered.
package struct Operation: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let hello = Operation(rawValue: 1)
    package static let ping = Operation(rawValue: 2)
    package static let encrypt = Operation(rawValue: 3)
    package static let decrypt = Operation(rawValue: 4)
    package static let generateDataKey = Operation(rawValue: 5)
    package static let openDataKey = Operation(rawValue: 6)

    package static let createEnvironment = Operation(rawValue: 16)
    package static let listEnvironments = Operation(rawValue: 17)
    package static let showEnvironment = Operation(rawValue: 18)
    package static let deleteEnvironment = Operation(rawValue: 19)
    package static let status = Operation(rawValue: 20)
    package static let rootExport = Operation(rawValue: 21)
    package static let externalID = Operation(rawValue: 22)
    package static let deletionPreview = Operation(rawValue: 23)

    private static let names: [Operation: String] = [
        .hello: "hello", .ping: "ping", .encrypt: "encrypt", .decrypt: "decrypt", .generateDataKey: "generate-data-key",
        .openDataKey: "open-data-key", .createEnvironment: "create-environment", .listEnvironments: "list-environments",
        .showEnvironment: "show-environment", .deleteEnvironment: "delete-environment", .status: "status",
        .rootExport: "root-export", .externalID: "external-id", .deletionPreview: "deletion-preview",
    ]

    /// All operations of this version, in the order of their numbers.
    package static var all: [Operation] { names.keys.sorted { $0.rawValue < $1.rawValue } }
    /// Whether this version knows the operation.
    package var isKnown: Bool { Self.names[self] != nil }
    /// Whether sending the request twice does no more than sending it once.
    package var isRepeatable: Bool { self != .createEnvironment && self != .deleteEnvironment }
}

extension Operation: CustomStringConvertible {
    package var description: String { Self.names[self] ?? "operation \(rawValue)" }
}

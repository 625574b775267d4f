/// What a request asks for. Numbers this version does not know survive, so that they can be answered.
package struct Operation: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }
}

extension Operation {
    /// All that this version knows, in the order of their numbers.
    package static let declarations: [OperationDeclaration] =
        (OperationDeclaration.daemon + OperationDeclaration.data + OperationDeclaration.environments + OperationDeclaration.mainKeys
        + OperationDeclaration.repacks + OperationDeclaration.erasures + OperationDeclaration.diagnosis)
        .sorted { $0.operation.rawValue < $1.operation.rawValue }

    private static let declared = [Operation: OperationDeclaration](
        declarations.map { ($0.operation, $0) }, uniquingKeysWith: { first, _ in first })

    /// Nil where this version does not know the operation.
    package var declaration: OperationDeclaration? { Self.declared[self] }

    package static var all: [Operation] { declarations.map(\.operation) }
    /// Whether this version knows the operation.
    package var isKnown: Bool { declaration != nil }
    /// Whether sending the request twice does no more than sending it once.
    package var isRepeatable: Bool { declaration?.isRepeatable ?? false }
}

extension Operation: CustomStringConvertible {
    package var description: String { declaration?.name ?? "operation \(rawValue)" }
}

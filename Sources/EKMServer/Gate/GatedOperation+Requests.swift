internal import EKMWire

/// A request that names an environment.
protocol NamesEnvironment: Sendable {
    var environment: String { get }
}

extension EnvironmentRequest: NamesEnvironment {}
extension ConfirmedRequest: NamesEnvironment {}
extension LockRequest: NamesEnvironment {}
extension UnlockRequest: NamesEnvironment {}
extension RetentionRequest: NamesEnvironment {}
extension ErasureRequest: NamesEnvironment {}
extension CreateEnvironmentRequest: NamesEnvironment {}
extension ReplaceMainKeyRequest: NamesEnvironment {}

extension GatedOperation where Request: NamesEnvironment, Aim == AnEnvironment {
    static func aim(of request: Request) throws(WireError) -> AnEnvironment { try AnEnvironment(request.environment) }
}

extension GatedOperation where Request: NamesEnvironment, Aim == AName {
    static func aim(of request: Request) throws(WireError) -> AName { try AName(request.environment) }
}

/// A request that its fields tell whole.
protocol ParsesFields: Sendable {
    init(parsing fields: RawSpan) throws(WireError)
}

extension LockRequest: ParsesFields {}
extension UnlockRequest: ParsesFields {}
extension RetentionRequest: ParsesFields {}
extension ErasureRequest: ParsesFields {}
extension CreateEnvironmentRequest: ParsesFields {}
extension ReplaceMainKeyRequest: ParsesFields {}
extension ReceiptRequest: ParsesFields {}
extension RootExportConfirmation: ParsesFields {}
extension WhoamiRequest: ParsesFields {}
extension EnvironmentPageRequest: ParsesFields {}

extension GatedOperation where Request: ParsesFields {
    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> Request { try Request(parsing: fields) }
}

/// A request whose fields several operations share.
protocol ParsesFieldsOfOperation: Sendable {
    init(_ operation: Operation, parsing fields: RawSpan) throws(WireError)
}

extension EmptyRequest: ParsesFieldsOfOperation {}
extension EnvironmentRequest: ParsesFieldsOfOperation {}
extension ConfirmedRequest: ParsesFieldsOfOperation {}

extension GatedOperation where Request: ParsesFieldsOfOperation {
    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> Request {
        try Request(operation, parsing: fields)
    }
}

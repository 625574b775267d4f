internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

/// Tells the external id that a customer's role must ask for: UTF-8. The environment need not exist yet.
enum ExternalID: GatedOperation {
    typealias Request = EnvironmentRequest
    static let operation = Operation.externalID

    static func aim(of request: EnvironmentRequest) throws(WireError) -> AName { try AName(request.environment) }

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        do throws(CryptographyError) {
            let id = Array(try service.root.externalID(for: found.name).utf8)
            return OffLoopAnswer(unsafe WipedBytes(copying: id.span.bytes))
        } catch { throw WireError(error) }
    }
}

internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

/// Tells the external id that a customer's role must ask for: UTF-8. The environment need not exist yet.
enum ExternalID: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        let name = try name(in: request)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        do throws(CryptographyError) {
            let id = Array(try service.root.externalID(for: name).utf8)
            return OffLoopAnswer(unsafe WipedBytes(copying: id.span.bytes))
        } catch { throw WireError(error) }
    }
}

internal import Bedrock
internal import EKMWire
internal import KeyHierarchy

/// Notes that somebody has a copy of the root key, whole: who confirms names the key that stands in it.
enum ConfirmRootExport: GatedOperation {
    typealias Request = RootExportConfirmation
    typealias Aim = TheDaemon
    static let operation = Operation.confirmRootExport

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        guard found.request.rootKey == service.root.id else {
            throw WireError(
                .confirmationMismatch, "The copy does not hold the root key of this daemon; it was not noted as a backup.",
                remedy: "Take another copy with `ekmctl root export --to FILE`.")
        }
        await service.daemon.didExportRootKey()
        return OffLoopAnswer(WipedBytes(capacity: 0) { _ in })
    }
}

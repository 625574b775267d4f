internal import Bedrock
internal import EKMWire
internal import KeyHierarchy

/// Hands out the 32 bytes of the root key, for a backup: without it, managed and uploaded keys are lost. It counts as one only when
/// it is confirmed: what was handed out may never have come to a disk.
enum RootExport: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.rootExport

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        OffLoopAnswer(service.root.withBytes { WipedBytes(copying: $0) })
    }
}

internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring
internal import NIOCore

/// The requests of one event loop that wait for keys; first in, first out for each need. The first starts the fetch.
final class ParkingLot {
    private unowned let worker: Worker
    private var waiting: [ColdNeed: [ParkedRequest]] = [:]
    /// The most requests that are resumed at one go, so that other connections of the loop are not held up.
    private static let portion = 256
    /// How often a request may be parked: its key can be wiped, or its hour end, while it waits.
    private static let mostAttempts = 3

    init(worker: Worker) { self.worker = worker }

    func park(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, need: ColdNeed, attempt: Int
    ) throws(WireError) {
        guard attempt < Self.mostAttempts else { throw .wipedMeanwhile }
        try connection.beginWaiting(fields.byteCount)
        let parked = ParkedRequest(header: request, fields: WipedBytes(copying: fields), connection: connection, attempt: attempt)
        guard waiting[need] == nil else {
            waiting[need]?.append(parked)
            return
        }
        waiting[need] = [parked]
        let lot = NIOLoopBound(self, eventLoop: worker.loop)
        let (loop, fetcher) = (worker.loop, worker.service.hierarchies.fetcher)
        Task {
            let result = await need.fetch(from: fetcher)
            loop.execute { lot.value.resume(need, with: result) }
        }
    }

    /// Forgets what a closed connection was waiting for.
    func forget(_ connection: Connection) {
        for need in waiting.keys { waiting[need]?.removeAll { $0.connection === connection } }
    }

    private func resume(_ need: ColdNeed, with result: Result<CachedKey, HierarchyError>) {
        guard let requests = waiting.removeValue(forKey: need) else { return }
        resume(requests[...], with: result)
    }

    private func resume(_ requests: ArraySlice<ParkedRequest>, with result: Result<CachedKey, HierarchyError>) {
        worker.beginRead()
        let portion = requests.prefix(Self.portion)
        for (offset, request) in zip(portion.indices, portion) {
            worker.resume(request, with: result)
            // Answers to one connection leave in one write.
            let next = portion.indices.contains(offset + 1) ? portion[offset + 1].connection : nil
            if next !== request.connection { request.connection.send() }
            request.connection.endWaiting(request.fields.count)
        }
        let rest = requests.dropFirst(Self.portion)
        guard !rest.isEmpty else { return }
        let lot = NIOLoopBound(self, eventLoop: worker.loop)
        let remaining = NIOLoopBound(rest, eventLoop: worker.loop)
        worker.loop.execute { lot.value.resume(remaining.value, with: result) }
    }
}

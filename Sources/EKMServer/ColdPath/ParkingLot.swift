internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring
internal import NIOCore

/// The requests of one event loop that wait for keys; first in, first out for each need. The first starts the fetch.
///
/// Of each user, so many fetches for an environment are under way at a time: who asks for ever new keys of one keeps nobody's fetch of
/// another waiting, and one customer's silent KMS holds up that customer alone.
final class ParkingLot {
    private struct Spot: Hashable {
        let user: UInt32
        let need: ColdNeed
    }

    private struct LineID: Hashable {
        let user: UInt32
        let environment: EnvironmentID
    }

    private struct Line {
        var underWay = 0
        var waiting = Queue<Spot>()
    }

    private unowned let worker: Worker
    private var waiting: [Spot: [ParkedRequest]] = [:]
    private var lines: [LineID: Line] = [:]
    /// The most requests that are resumed at one go, so that other connections of the loop are not held up.
    private static let portion = 64
    /// The most fetches of a user for an environment that are under way.
    static let mostFetches = 16
    /// How often a request may be parked: its key can be wiped, or its hour end, while it waits.
    private static let mostAttempts = 3

    init(worker: Worker) { self.worker = worker }

    func park(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, need: ColdNeed, attempt: Int
    ) throws(WireError) {
        guard attempt < Self.mostAttempts else { throw .wipedMeanwhile }
        try connection.beginWaiting(request, fields.byteCount)
        let parked = ParkedRequest(header: request, fields: WipedBytes(copying: fields), connection: connection, attempt: attempt)
        let spot = Spot(user: connection.peer.user, need: need)
        guard waiting[spot] == nil else {
            waiting[spot]?.append(parked)
            return
        }
        waiting[spot] = [parked]
        lines[line(of: spot), default: Line()].waiting.append(spot)
        fetchNext(line(of: spot))
    }

    private func line(of spot: Spot) -> LineID { LineID(user: spot.user, environment: spot.need.environment.identity.id) }

    private func fetchNext(_ id: LineID) {
        while lines[id]?.underWay ?? 0 < Self.mostFetches, let spot = lines[id]?.waiting.removeFirst() {
            // Of those who have gone nothing is fetched any more.
            let requests = waiting[spot] ?? []
            for request in requests where !request.connection.isOpen { request.endWaiting() }
            waiting[spot] = requests.contains { $0.connection.isOpen } ? requests.filter(\.connection.isOpen) : nil
            guard waiting[spot] != nil else { continue }
            lines[id]?.underWay += 1
            fetch(spot)
        }
        if lines[id]?.underWay == 0 { lines[id] = nil }
    }

    private func fetch(_ spot: Spot) {
        let lot = NIOLoopBound(self, eventLoop: worker.loop)
        let (loop, fetcher) = (worker.loop, worker.service.hierarchies.fetcher)
        Task {
            let result = await spot.need.fetch(from: fetcher)
            loop.execute { lot.value.resume(spot, with: result) }
        }
    }

    private func resume(_ spot: Spot, with result: Result<CachedKey, HierarchyError>) {
        let id = line(of: spot)
        lines[id]?.underWay -= 1
        if let requests = waiting.removeValue(forKey: spot) { resume(requests[...], with: result) }
        fetchNext(id)
    }

    private func resume(_ requests: ArraySlice<ParkedRequest>, with result: Result<CachedKey, HierarchyError>) {
        worker.beginRead()
        let portion = requests.prefix(Self.portion)
        for (offset, request) in zip(portion.indices, portion) {
            worker.resume(request, with: result)
            // Answers to one connection leave in one write.
            let next = portion.indices.contains(offset + 1) ? portion[offset + 1].connection : nil
            if next !== request.connection { request.connection.send() }
            request.endWaiting()
        }
        let rest = requests.dropFirst(Self.portion)
        guard !rest.isEmpty else { return }
        let lot = NIOLoopBound(self, eventLoop: worker.loop)
        let remaining = NIOLoopBound(rest, eventLoop: worker.loop)
        // Not at once: what has arrived meanwhile comes first.
        worker.loop.scheduleTask(in: Worker.betweenTurns) { lot.value.resume(remaining.value, with: result) }
    }
}

import CBench
import Glibc

/// Tells which of many connections have something to say.
final class Poller {
    private let descriptor: Int32
    private let connections: [LoadConnection]
    private var ready: [UInt32]
    private var wasBlocked: [Bool]

    init(_ connections: [LoadConnection]) throws(Failure) {
        self.connections = connections
        ready = Array(repeating: 0, count: connections.count)
        wasBlocked = Array(repeating: false, count: connections.count)
        descriptor = ekm_poll()
        for index in connections.indices { try watch(index, writing: false, isNew: true) }
    }

    deinit { close(descriptor) }

    /// Calls `body` with each that may be read or, where it was blocked, written.
    func wait(milliseconds: Int, _ body: (Int) throws(Failure) -> Void) throws(Failure) {
        let count = unsafe ekm_poll_wait(descriptor, &ready, Int32(ready.count), Int32(milliseconds))
        if count < 0 { try Interruption.check() }
        if count == 0, milliseconds > 0, let first = connections.first { throw .silent(first.socket.server.name) }
        for place in 0..<max(0, Int(count)) {
            let index = Int(ready[place])
            try body(index)
            try note(index)
        }
    }

    /// Asks to be told when there is room again, where there is none.
    func note(_ index: Int) throws(Failure) {
        let isBlocked = connections[index].isBlocked
        guard isBlocked != wasBlocked[index] else { return }
        wasBlocked[index] = isBlocked
        try watch(index, writing: isBlocked, isNew: false)
    }

    private func watch(_ index: Int, writing: Bool, isNew: Bool) throws(Failure) {
        let watched = ekm_poll_watch(descriptor, connections[index].socket.descriptor, UInt32(index), writing ? 1 : 0, isNew ? 1 : 0)
        guard watched == 0 else { throw .system("epoll", errno, remedy: "Raise the limit of open files: ulimit -n 4096.") }
    }
}

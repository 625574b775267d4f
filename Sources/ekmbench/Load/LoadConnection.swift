import EKMWire

/// One connection under load: what may be sent, what is under way, and since when.
@safe final class LoadConnection {
    private static let prefixSize = Frame.prefixSize + FrameHeader.size + 6

    let socket: LoadSocket
    private let frames: FrameSet
    /// By request id: when it was sent, or was due.
    private let since: UnsafeMutablePointer<UInt64>
    /// Requests that may be sent, and of which no byte was yet.
    private var allowed = 0
    /// Requests that were begun and are not answered.
    private var begun = 0
    /// The next request to begin.
    private var next: Int
    /// The next byte to send, and how many are left of a request that was begun.
    private var cursor: Int
    private var restOfFrame = 0
    /// The beginning of an answer of which not even the status is there.
    private var prefix: [UInt8] = []
    /// The answer that is being read, and how many bytes of it are left.
    private var answering = 0
    private var restOfAnswer = 0

    /// - Parameter first: where in the turn it begins, so that not all connections use the same key at the same time.
    init(_ socket: LoadSocket, _ frames: FrameSet, first: Int) {
        self.socket = socket
        self.frames = frames
        next = first
        cursor = first * frames.frameSize
        unsafe since = UnsafeMutablePointer<UInt64>.allocate(capacity: frames.count)
        unsafe since.initialize(repeating: 0, count: frames.count)
        prefix.reserveCapacity(Self.prefixSize)
    }

    deinit { unsafe since.deallocate() }

    /// Whether an answer, or the rest of a request, is still to come.
    var isBusy: Bool { begun > 0 }
    /// Whether it waits for the server to read.
    var isBlocked: Bool { allowed > 0 || restOfFrame > 0 }
    /// Whether one more id is free.
    var hasRoom: Bool { begun + allowed < frames.count }

    /// Lets as many more be sent; their time runs from then.
    func allow(_ count: Int) { allowed += count }

    /// Lets one be sent whose time has run since `due`.
    func allow(due: UInt64) {
        unsafe since[(next + allowed) % frames.count] = due
        allowed += 1
    }

    /// Nothing that was not begun is sent any more.
    func stop() { allowed = 0 }

    /// Sends what may be sent and finds room.
    /// - Parameter now: from when the time of each runs; nil where it was due at a time of its own.
    func send(now: UInt64?) throws(Failure) {
        while isBlocked {
            let count = min(restOfFrame + allowed * frames.frameSize, frames.bytes.count - cursor)
            guard let sent = try socket.send(frames.bytes, from: cursor, count: count) else { return }
            cursor = cursor + sent == frames.bytes.count ? 0 : cursor + sent
            let ofBegun = min(restOfFrame, sent)
            restOfFrame -= ofBegun
            let fresh = (sent - ofBegun + frames.frameSize - 1) / frames.frameSize
            if fresh > 0 { restOfFrame = fresh * frames.frameSize - (sent - ofBegun) }
            if let now { for place in 0..<fresh { unsafe since[(next + place) % frames.count] = now } }
            next = (next + fresh) % frames.count
            allowed -= fresh
            begun += fresh
        }
    }

    /// Reads what the server has sent.
    /// - Returns: how many requests were answered by it.
    func take(_ bytes: RawSpan, now: UInt64, _ latencies: inout Latencies) throws(Failure) -> Int {
        var at = 0
        var answered = 0
        while at < bytes.byteCount {
            if restOfAnswer > 0 {
                let part = min(restOfAnswer, bytes.byteCount - at)
                restOfAnswer -= part
                at += part
            } else if prefix.isEmpty, bytes.byteCount - at >= Self.prefixSize {
                try begin(bytes, at: at)
                at += Self.prefixSize
            } else {
                let part = min(Self.prefixSize - prefix.count, bytes.byteCount - at)
                prefix.append(bytes.extracting(at..<at + part))
                at += part
                guard prefix.count == Self.prefixSize else { break }
                let whole = prefix
                try unsafe begin(whole.span.bytes, at: 0)
                prefix.removeAll(keepingCapacity: true)
            }
            if restOfAnswer == 0 {
                latencies.record(now &- start(of: answering))
                answered += 1
            }
        }
        begun -= answered
        return answered
    }

    @inline(__always)
    private func start(of place: Int) -> UInt64 { unsafe since[place] }

    private func begin(_ bytes: RawSpan, at start: Int) throws(Failure) {
        let size = Int(bytes.bigEndianUInt32(at: start)) + Frame.prefixSize
        let status = bytes.bigEndianUInt16(at: start + 12)
        answering = Int(bytes.bigEndianUInt32(at: start + 8)) - 1
        guard status == 0 else {
            throw .wrongAnswer(socket.server.name, "it refused a request with error \(status), \(ErrorCode(rawValue: status)).")
        }
        guard size == frames.answerSize, frames.places.contains(answering), begun > 0 else {
            throw .wrongAnswer(socket.server.name, "an answer has \(size) bytes instead of \(frames.answerSize), or answers nothing.")
        }
        restOfAnswer = size - Self.prefixSize
    }
}

import EKMWire

extension LoadSocket {
    /// Sends a request, and waits for its answer: for what is set up, not for what is measured.
    /// - Returns: the fields behind the status.
    func call(_ frame: [UInt8]) throws(Failure) -> [UInt8] {
        var sent = 0
        while sent < frame.count {
            sent += try send(frame, from: sent, count: frame.count - sent, waits: true) ?? 0
        }
        let inbox = Inbox()
        var answer: [UInt8] = []
        while true {
            if case .complete(let end) = unsafe Frame.scan(answer.span.bytes, at: 0, limit: .max) {
                return try fields(of: answer, end: end)
            }
            guard let count = try receive(into: inbox, waits: true) else { continue }
            try inbox.withBytes(count) { (bytes) throws(Failure) in answer.append(bytes) }
        }
    }

    private func fields(of answer: [UInt8], end: Int) throws(Failure) -> [UInt8] {
        let view: AnswerView
        let refusal: WireError?
        do throws(WireError) {
            view = try unsafe AnswerView(parsing: answer.span.bytes, from: 0, to: end)
            refusal = try unsafe view.failure(in: answer.span.bytes)
        } catch { throw .wrongAnswer(server.name, error.message) }
        if let refusal { throw .wrongAnswer(server.name, "\(refusal.message) \(refusal.remedy)") }
        return Array(answer[view.fields])
    }
}

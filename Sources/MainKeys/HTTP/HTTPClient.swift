internal import Bedrock
package import KeyHierarchy

/// HTTP for a KMS and for credentials: any number of requests at a time, on one thread, none of which holds up another.
package final class HTTPClient: Sendable {
    private let loop: HTTPLoop
    private let clock: any BootClock
    private let lastID = Lock<UInt64>(0)

    /// - Throws: ``HTTPFailure/Code/internalError`` when libcurl or the thread could not be started.
    package init(settings: HTTPSettings = HTTPSettings(), clock: any BootClock) throws(HTTPFailure) {
        loop = try HTTPLoop.start(settings, clock: clock)
        self.clock = clock
    }

    deinit { loop.post(.stop) }

    /// Returns once the thread has got round to it.
    package func isAlive() async -> Bool {
        await withCheckedContinuation { continuation in loop.post(.prove { continuation.resume(returning: true) }) }
    }

    /// Sends once; redirects are not followed. A cancelled task ends it at once.
    /// - Throws: ``HTTPFailure`` when there is no whole answer. An answer with an error status is an answer.
    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        try request.check()
        let id = lastID.withLock { last in
            last += 1
            return last
        }
        let deadline = clock.now.advanced(by: request.timeout)
        // Through a lock, because ThreadSanitizer does not see that what a thread did comes before the task that it resumes.
        let answer = Lock<HTTPLoop.Answer>(.failure(HTTPFailure(.internalError, "A request was resumed without an answer.")))
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.post(
                    .send(id: id, request, deadline: deadline) { result in
                        answer.withLock { $0 = result }
                        continuation.resume()
                    })
                // A cancellation that came before the request did would have found nothing to cancel.
                if Task.isCancelled { loop.post(.cancel(id: id)) }
            }
        } onCancel: {
            loop.post(.cancel(id: id))
        }
        return try answer.withLock { $0 }.get()
    }
}

internal import KeyHierarchy

/// Sends a request to AWS, again where that may help, within the time for the whole.
struct AWSExchange: Sendable {
    enum Dialect: Sendable { case json, query }

    let http: HTTPClient
    let clock: any BootClock
    var retry = AWSRetry()

    /// - Parameter request: makes the request; it is given the time that is left.
    /// - Returns: an answer with status 200.
    func send(
        _ dialect: Dialect, operation: String, timeout: Duration, request: (Duration) throws(HTTPFailure) -> HTTPRequest
    ) async throws(AWSFailure) -> HTTPResponse {
        let deadline = clock.now.advanced(by: timeout)
        var attempt = 0
        while true {
            attempt += 1
            let failure: AWSFailure
            let mayPass: Bool
            do throws(HTTPFailure) {
                let response = try await http.send(try request(clock.now.remaining(until: deadline)))
                if response.status == 200 { return response }
                let error = dialect == .json ? AWSServiceError(json: response) : AWSServiceError(xml: response)
                let rule = AWSVerdict.rule(for: error)
                failure = AWSFailure(.service(error), verdict: rule.verdict, operation: operation)
                mayPass = rule.remedy == .retry
            } catch {
                failure = AWSFailure(.network(error), verdict: .unreachable, operation: operation)
                mayPass = error.mayPass
            }
            guard mayPass,
                let pause = retry.pause(after: attempt, random: .random(in: 0..<1), left: clock.now.remaining(until: deadline)),
                (try? await Task.sleep(for: pause)) != nil
            else { throw failure }
        }
    }
}

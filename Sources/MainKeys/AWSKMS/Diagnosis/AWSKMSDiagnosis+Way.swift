internal import KeyHierarchy

// The way to KMS, and the credentials for it.
extension AWSKMSDiagnosis {
    /// Asks the endpoint for nothing, unsigned: any answer shows that its name, the way, TLS and a server are there.
    mutating func wayIsOpen(region: String) async -> Bool {
        let url: HTTPURL
        do throws(AWSCredentialsError) {
            url = try session.configuration.endpoint(of: .kms, region: region)
        } catch {
            note("dns", .failed, error.description, remedy: "Correct the endpoint (aws.endpoint, or AWS_ENDPOINT_URL).")
            skip(["connection", "clock"], because: "the endpoint is not known")
            return false
        }
        do throws(HTTPFailure) {
            let response = try await session.exchange.http.send(
                HTTPRequest(.get, url, lane: "diagnosis", timeout: session.configuration.settings.timeout))
            noteName(of: url)
            let how = url.isSecure ? "TLS and its certificate are good" : "without TLS, on this machine alone"
            note("connection", .ok, "\(url.origin) answers (HTTP \(response.status)); \(how).")
            noteClock(response.date)
            return true
        } catch {
            let failure = mainKey.explained(AWSFailure(.network(error), verdict: .unreachable, operation: "a request"), stage: .access)
            if error.code == .resolve {
                note(DiagnosisCheck("dns", failure))
                skip(["connection", "clock"], because: "the host is not known")
            } else {
                noteName(of: url)
                note(DiagnosisCheck("connection", failure))
                skip(["clock"], because: "KMS did not answer")
            }
            return false
        }
    }

    private mutating func noteName(of url: HTTPURL) {
        let isAddress = url.host.contains(":") || url.host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        note("dns", .ok, isAddress ? "\(url.host) is an address: there is no name to look up." : "\(url.host) is known.")
    }

    /// AWS takes no signature that is more than five minutes off.
    private mutating func noteClock(_ date: WallTime?) {
        guard let date else { return skip(["clock"], because: "the endpoint did not tell its time") }
        let ahead = session.wallClock.now.seconds - date.seconds
        let words = "This machine's clock is \(abs(ahead)) s \(ahead < 0 ? "behind" : "ahead of") KMS's."
        let remedy = "Synchronise this machine's clock (chrony, systemd-timesyncd): `timedatectl` shows how it is."
        switch abs(ahead) {
        case ..<30: note("clock", .ok, "This machine's clock agrees with KMS's.")
        case ..<300: note("clock", .warning, words, remedy: remedy)
        default: note("clock", .failed, "\(words) AWS takes no request that is more than five minutes off.", remedy: remedy)
        }
    }

    mutating func hasCredentials(_ client: KMSClient) async -> Bool {
        let role = mainKey.reference.options[AWSKMSMainKey.Option.role]
        guard await noteCredentials("credentials", role == nil ? client.credentials : session.ownCredentials, isRole: false) else {
            skip(roleNames, because: "there are no credentials to assume it with")
            return false
        }
        guard role != nil else { return true }
        return await noteCredentials("role", client.credentials, isRole: true)
    }

    private mutating func noteCredentials(_ name: String, _ cache: AWSCredentialCache, isRole: Bool) async -> Bool {
        let credentials: AWSCredentials
        do throws(AWSCredentialsError) {
            credentials = try await cache.credentials()
        } catch {
            let words = AWSFailure(.credentials(error), verdict: error.verdict, operation: isRole ? "AssumeRole" : "credentials")
            note(DiagnosisCheck(name, mainKey.explained(words, stage: .access)))
            return false
        }
        let from = isRole ? "Assumed \(credentials.source)" : "From \(credentials.source)"
        guard let end = credentials.expiresAt, let renewal = credentials.renewAt else {
            note(name, .ok, "\(from); they do not end by themselves.")
            return true
        }
        let now = session.exchange.clock.now
        let left = now.remaining(until: end).nanoseconds / 1_000_000_000
        if now > renewal.advanced(by: .seconds(60)) {
            note(
                name, .warning, "\(from); they end in \(left) s, and could not be renewed yet.",
                remedy: "Look at the source of the credentials: it must answer before they end.")
        } else {
            note(name, .ok, "\(from); they end in \(left) s, and are renewed before.")
        }
        return true
    }
}

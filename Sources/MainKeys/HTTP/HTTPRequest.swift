package import Bedrock

/// One request. Plain HTTP is refused unless it stays on this machine, or asks the metadata service of the machine's cloud.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    /// Signs with AWS Signature Version 4, by libcurl: POST to `/`, and no header but content type, target and session token.
    package struct Signature: Sendable {
        package var region: String
        package var service: String
        package var accessKeyID: String
        package var secretAccessKey: WipedBytes

        package init(region: String, service: String, accessKeyID: String, secretAccessKey: WipedBytes) {
            self.region = region
            self.service = service
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
        }
    }

    /// The most bytes that an answer may have.
    package static let bodyLimit = 64 * 1024

    package var method: Method
    package var url: HTTPURL
    package var headers: [HTTPHeader]
    package var body: WipedBytes?
    package var signature: Signature?
    /// Requests of one lane share a small part of the host's connections, so that a key that hangs holds up only itself.
    package var lane: String
    package var connectTimeout: Duration
    /// From `send` to the end of the answer, with the time in the queue.
    package var timeout: Duration
    /// A metadata service: plain HTTP to its well-known link-local addresses is allowed.
    package var isMetadata: Bool

    package init(
        _ method: Method, _ url: HTTPURL, headers: [HTTPHeader] = [], body: WipedBytes? = nil, signature: Signature? = nil,
        lane: String = "", connectTimeout: Duration = .seconds(2), timeout: Duration = .seconds(5), isMetadata: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.signature = signature
        self.lane = lane
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.isMetadata = isMetadata
    }

    /// The addresses under which AWS serves credentials to machines and containers.
    package static let metadataHosts: Set<String> = ["169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

    /// Whether the bytes stay on this machine's own network; then no proxy may see them either.
    var staysLocal: Bool { url.isLoopback || (isMetadata && Self.metadataHosts.contains(url.host)) }

    func check() throws(HTTPFailure) {
        guard url.isSecure || staysLocal else {
            throw HTTPFailure(
                .invalidRequest,
                "Plain http to \(url.host) is refused, because anyone on the way could read it. Use https, or an address of this machine.")
        }
        precondition(signature == nil || (method == .post && url.path == "/"), "what is signed is a POST to /")
    }
}

internal import Bedrock
internal import CCurl
internal import KeyHierarchy

/// One request at libcurl: its easy handle, and every buffer that the handle points into. Lives on the thread of its `HTTPLoop`.
@safe final class HTTPTransfer {
    let handle: UnsafeMutableRawPointer
    /// The handle, as libcurl names it when it is done.
    var key: Int { unsafe Int(bitPattern: handle) }
    private let request: HTTPRequest
    private let sentAt: BootInstant
    private let answer = WipedBytes(capacity: 4096)
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let problem: UnsafeMutablePointer<CChar>

    /// - Parameter timeout: what is left of the request's own.
    init(_ request: HTTPRequest, settings: HTTPSettings, timeout: Duration, sentAt: BootInstant) throws(HTTPFailure) {
        guard let handle = unsafe curl_easy_init() else { throw HTTPFailure(.internalError, "libcurl gave no handle.") }
        unsafe self.handle = handle
        self.request = request
        self.sentAt = sentAt
        unsafe problem = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe problem.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try configure(settings, timeout: timeout)
        try addHeaders()
        try addBody()
        if let signature = request.signature { try sign(signature) }
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
        unsafe problem.deallocate()
    }

    /// What came of it.
    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPFailure> {
        guard code == CURLE_OK else { return .failure(failure(code)) }
        var status = 0
        unsafe ekm_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return .success(HTTPResponse(status: status, body: answer, sentAt: sentAt, date: date))
    }

    private var date: WallTime? {
        var header: UnsafeMutablePointer<curl_header>?
        guard unsafe curl_easy_header(handle, "Date", 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK,
            let value = unsafe header?.pointee.value
        else { return nil }
        return unsafe UTCTime(httpDate: String(cString: value)).map { WallTime(seconds: $0.seconds) }
    }

    private func failure(_ code: CURLcode) -> HTTPFailure {
        let said = unsafe String(cString: problem)
        let words = unsafe said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
        let kind: HTTPFailure.Code =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
            case CURLE_COULDNT_CONNECT: .connect
            // Its words alone tell that it was the name that nobody answered.
            case CURLE_OPERATION_TIMEDOUT where words.hasPrefix("Resolving timed out"): .resolve
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
                CURLE_SSL_CERTPROBLEM,
                CURLE_SSL_CIPHER:
                .tls
            case CURLE_WRITE_ERROR: .tooLarge
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidRequest
            default: .interrupted
            }
        return HTTPFailure(kind, "\(request.url.host): \(words) (libcurl \(code.rawValue)).")
    }

    private func configure(_ settings: HTTPSettings, timeout: Duration) throws(HTTPFailure) {
        try set(CURLOPT_URL, request.url.description)
        try set(CURLOPT_PROTOCOLS_STR, "https,http")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        // A resolver that nobody answers is left behind. Otherwise libcurl waits for its thread when the request ends, on the one thread on
        // which every other request runs.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        // The resolver must not outlive the request by much, and a few milliseconds are always left so that zero never means "for ever".
        try set(CURLOPT_CONNECTTIMEOUT_MS, min(request.connectTimeout, timeout).wholeMilliseconds)
        try set(CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds)
        // Without a directory of certificates, all connections of one multi handle share one parsed store: 20 ms and 0.9 MB each otherwise.
        try unsafe setPointer(CURLOPT_CAPATH, nil)
        if let file = settings.certificateAuthorities { try set(CURLOPT_CAINFO, file) }
        // An empty name overrides the environment's proxy.
        if request.staysLocal { try set(CURLOPT_PROXY, "") }
        try unsafe setPointer(CURLOPT_ERRORBUFFER, problem)
        try check(
            unsafe ekm_curl_set_write(
                handle,
                { bytes, size, count, state in
                    guard let bytes = unsafe bytes, let state = unsafe state else { return 0 }
                    let answer = unsafe Unmanaged<WipedBytes>.fromOpaque(state).takeUnretainedValue()
                    let length = size * count
                    guard answer.count + length <= HTTPRequest.bodyLimit else { return 0 }
                    unsafe answer.append(UnsafeRawBufferPointer(start: bytes, count: length))
                    return length
                }, Unmanaged.passUnretained(answer).toOpaque()))
    }

    private func addHeaders() throws(HTTPFailure) {
        for header in request.headers {
            guard let longer = unsafe curl_slist_append(headers, header.line.cString()) else {
                throw HTTPFailure(.internalError, "libcurl had no memory for a header.")
            }
            unsafe headers = longer
        }
        if unsafe headers != nil { try unsafe setPointer(CURLOPT_HTTPHEADER, headers) }
    }

    private func addBody() throws(HTTPFailure) {
        switch request.method {
        case .get: try set(CURLOPT_HTTPGET, 1)
        case .put: try set(CURLOPT_CUSTOMREQUEST, "PUT")
        case .post: try set(CURLOPT_POST, 1)
        }
        guard request.method != .get else { return }
        // libcurl only points to the body; the request keeps it alive.
        try set(CURLOPT_POSTFIELDSIZE, request.body?.count ?? 0)
        try unsafe setPointer(CURLOPT_POSTFIELDS, request.body?.start ?? UnsafeRawPointer(problem))
    }

    private func sign(_ signature: HTTPRequest.Signature) throws(HTTPFailure) {
        try set(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
        try set(CURLOPT_USERNAME, signature.accessKeyID)
        try check(unsafe ekm_curl_set_string(handle, CURLOPT_PASSWORD, signature.secretAccessKey.cString()))
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPFailure) { try check(unsafe ekm_curl_set_long(handle, option, value)) }
    private func set(_ option: CURLoption, _ value: String) throws(HTTPFailure) {
        try check(unsafe ekm_curl_set_string(handle, option, value))
    }
    private func setPointer(_ option: CURLoption, _ value: UnsafeRawPointer?) throws(HTTPFailure) {
        try check(unsafe ekm_curl_set_pointer(handle, option, value))
    }
    private func check(_ code: CURLcode) throws(HTTPFailure) {
        guard code == CURLE_OK else {
            throw HTTPFailure(.internalError, "libcurl refused an option: \(unsafe String(cString: curl_easy_strerror(code))).")
        }
    }
}

extension Duration {
    /// At least one.
    fileprivate var wholeMilliseconds: Int { max(1, Int(clamping: nanoseconds / 1_000_000)) }
}

import Testing

@testable import MainKeys

@Suite("URLs of services") struct HTTPURLTests {
    @Test(
        "Scheme, host, port and path are read",
        arguments: [
            ("https://kms.eu-central-1.amazonaws.com", "https://kms.eu-central-1.amazonaws.com:443", "/"),
            ("http://LOCALHOST:4566/", "http://localhost:4566", "/"),
            ("http://[::1]:80/a?b", "http://[::1]:80", "/a?b"),
            ("https://h?x=1", "https://h:443", "/?x=1"),
        ]) func reads(_ text: String, _ origin: String, _ path: String) throws
    {
        let url = try HTTPURL(text)
        #expect(url.origin == origin)
        #expect(url.path == path)
    }

    @Test(
        "What is no such URL is refused",
        arguments: [
            "", "ftp://a/", "https://", "https://user@host/", "https://a b/", "https://a/#f", "https://a:0/", "https://a:99999/",
            "http://[::1/",
            "https://a\r\nHost: b/", "https://a\\b/", "kms.eu-central-1.amazonaws.com",
        ]) func refuses(_ text: String)
    {
        #expect(throws: HTTPFailure(.invalidRequest, "")) { try HTTPURL(text) }
    }

    @Test("Only what can mean no other machine is loopback") func knowsLoopback() throws {
        for text in ["http://127.0.0.1", "http://127.8.9.1:1", "http://localhost", "http://[::1]"] { #expect(try HTTPURL(text).isLoopback) }
        for text in ["http://127.0.0.1.example.com", "http://localhost.example.com", "http://[::2]", "http://128.0.0.1"] {
            #expect(try !HTTPURL(text).isLoopback)
        }
    }

    @Test("A header cannot end its line") func refusesLineBreaks() {
        for value in ["a\r\nb: c", "a\nb", "\u{7F}"] {
            #expect(throws: HTTPFailure(.invalidRequest, "")) { try HTTPHeader("X", value) }
        }
    }
}

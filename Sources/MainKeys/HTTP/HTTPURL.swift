/// An `http` or `https` URL, checked: no user, no fragment, only plain characters.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: UInt16
    /// Begins with `/`; with the query.
    package let path: String

    /// - Throws: ``HTTPFailure/Code/invalidRequest``.
    package init(_ text: some StringProtocol) throws(HTTPFailure) {
        func refuse(_ why: String) -> HTTPFailure { HTTPFailure(.invalidRequest, "This is not a URL of a server: \(why).") }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw refuse("it is too long, or holds a space or another character that no URL holds")
        }
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = Substring(text.dropFirst(8))
        } else if text.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = Substring(text.dropFirst(7))
        } else {
            throw refuse("it begins with neither https:// nor http://")
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let tail = rest[authority.endIndex...]
        guard !authority.contains("@"), !tail.contains("#") else { throw refuse("it holds a user or a fragment") }
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        let name: Substring
        let after: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw refuse("the bracket of its address is not closed") }
            name = authority[authority.index(after: authority.startIndex)..<end]
            after = authority[authority.index(after: end)...]
            guard name.utf8.allSatisfy({ Self.isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else {
                throw refuse("its address is not one")
            }
        } else {
            name = authority.prefix { $0 != ":" }
            after = authority[name.endIndex...]
            guard name.utf8.allSatisfy({ Self.isNameByte($0) }) else { throw refuse("its host is not a name") }
        }
        guard !name.isEmpty else { throw refuse("it names no host") }
        if after.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            guard after.hasPrefix(":"), let number = UInt16(after.dropFirst()), number > 0 else { throw refuse("its port is not a number") }
            port = number
        }
        host = name.lowercased()
    }

    package var description: String { "\(origin)\(path)" }

    /// Scheme, host and port: what shares connections and limits.
    package var origin: String { "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Whether it can only mean this machine.
    package var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || (host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || Self.isDigit($0) })
    }

    /// The same server, another path.
    package func with(path: String) throws(HTTPFailure) -> HTTPURL {
        try HTTPURL(origin + (path.hasPrefix("/") ? "" : "/") + path)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}

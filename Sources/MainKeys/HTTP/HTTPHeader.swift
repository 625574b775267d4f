package import Bedrock

/// One header line of a request, which may hold a token.
package struct HTTPHeader: Sendable {
    /// `Name: value`.
    let line: WipedBytes

    /// - Throws: ``HTTPFailure/Code/invalidRequest`` when the value would end the line.
    package init(_ name: String, _ value: String) throws(HTTPFailure) { try self.init(name, secret: WipedBytes(value)) }

    /// - Throws: ``HTTPFailure/Code/invalidRequest`` when the value would end the line.
    package init(_ name: String, secret value: WipedBytes) throws(HTTPFailure) {
        for index in 0..<value.count where value[index] < 0x20 || value[index] == 0x7F {
            throw HTTPFailure(.invalidRequest, "The value of the header \(name) holds a line break or another control character.")
        }
        line = WipedBytes(capacity: name.utf8.count + 2 + value.count)
        line.append(name)
        line.append(": ")
        line.append(value)
    }
}

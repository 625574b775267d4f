import Foundation

/// An answer of AWS's query protocol, of which a test reads single elements.
package struct XMLText: Sendable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) {
        description = text
    }

    /// What the first element of that name holds.
    package subscript(_ element: String) -> String? {
        guard let start = description.range(of: "<\(element)>"),
            let end = description.range(of: "</\(element)>", range: start.upperBound..<description.endIndex)
        else { return nil }
        return String(description[start.upperBound..<end.lowerBound])
    }

    /// `value` as it stands in an `application/x-www-form-urlencoded` body.
    package static func formEncoded(_ value: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return value.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

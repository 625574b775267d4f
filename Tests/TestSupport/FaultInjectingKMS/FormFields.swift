import Foundation

/// The fields of an `application/x-www-form-urlencoded` body.
func formFields(of body: [UInt8]) -> [String: String] {
    let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair -> (String, String) in
        let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            $0.replacing("+", with: " ").removingPercentEncoding ?? ""
        }
        return (halves[0], halves.count > 1 ? halves[1] : "")
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
}

import Bedrock
import EKMClient

/// Prints data keys, and wipes what it printed.
enum DataKeyOutput {
    /// - Throws: a usage error where a key would be shown on a terminal that nobody asked for.
    static func checkTerminal(_ insists: Bool) throws(Failure) {
        guard Terminal.isOutput, !insists else { return }
        throw Failure(
            .usage, "usage", "a key is not for a terminal",
            remedy: "Pipe the output to the program that uses it, or insist with --to-terminal.")
    }

    static func print(_ key: borrowing DataKey, wrapped: [UInt8]?, secondsLeft: Int?, json: Bool) throws(Failure) {
        var lines: [UInt8] = []
        // Enough for all of it: an array that grows leaves a copy behind.
        lines.reserveCapacity(512 + 2 * (wrapped?.count ?? 0))
        let wrappedText = wrapped.map { Base64.text(of: $0) }
        if json {
            lines += [UInt8](#"{"key":""#.utf8)
            key.withBytes { Base64.append($0, to: &lines) }
            lines += [UInt8](#"","secondsLeft":\#(secondsLeft.map { "\($0)" } ?? "null")"#.utf8)
            if let wrappedText { lines += [UInt8](#","wrapped":"\#(wrappedText)""#.utf8) }
            lines += [UInt8]("}\n".utf8)
        } else {
            if let wrappedText { lines += [UInt8]("wrapped \(wrappedText)\nkey     ".utf8) }
            key.withBytes { Base64.append($0, to: &lines) }
            lines.append(0x0A)
        }
        try Terminal.output(&lines)
    }
}

import ArgumentParser

/// A span of time as the configuration writes it, too: a whole number and its unit, such as `90s`, `15m`, `24h`, `90d`.
struct DurationArgument: Equatable {
    let seconds: UInt64

    private static let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    /// Nil where it is none: a number without a unit, for instance.
    init?(text: String) {
        guard let unit = text.last.flatMap({ Self.units[$0] }), text.count > 1, text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }),
            let number = UInt64(text.dropLast())
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        self.seconds = seconds
    }

    init(parsing argument: String) throws {
        guard let duration = Self(text: argument) else {
            throw ValidationError("'\(argument)' is not a span of time: write a whole number and its unit, such as 90s, 15m, 24h or 90d.")
        }
        self = duration
    }

    /// In the largest unit that divides it.
    static func text(_ seconds: Int) -> String {
        for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60)] where seconds >= size && seconds % size == 0 {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }

    /// About how long, for a person.
    static func about(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}

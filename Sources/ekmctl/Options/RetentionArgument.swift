import ArgumentParser
import EKMWire

/// How long keys are kept: a span of time, or `forever`.
struct RetentionArgument {
    let period: RetentionChange.Period

    init(parsing argument: String) throws {
        if argument == "forever" {
            period = .forever
        } else if let duration = DurationArgument(text: argument), duration.seconds > 0 {
            period = .seconds(duration.seconds)
        } else {
            throw ValidationError("'\(argument)' is not a retention: write a whole number and its unit, such as 24h or 90d, or 'forever'.")
        }
    }

    static func text(_ seconds: Int?) -> String { seconds.map(DurationArgument.text) ?? "forever" }
}

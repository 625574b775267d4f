import Histogram

/// How long requests took, in nanoseconds.
struct Latencies {
    private static let longest: UInt64 = 100_000_000_000
    private var histogram = Histogram<UInt64>(highestTrackableValue: longest, numberOfSignificantValueDigits: .three)
    private var last: UInt64 = 0
    private var run: UInt64 = 0

    /// Requests that were sent together and answered together are one step for the histogram.
    @inline(__always)
    mutating func record(_ nanoseconds: UInt64) {
        if nanoseconds == last {
            run += 1
        } else {
            settle()
            last = nanoseconds
            run = 1
        }
    }

    private mutating func settle() {
        if run > 0 { histogram.record(min(last, Self.longest), count: run) }
        run = 0
    }

    /// In microseconds.
    mutating func percentile(_ percentile: Double) -> Double {
        settle()
        return Double(histogram.valueAtPercentile(percentile)) / 1000
    }
}

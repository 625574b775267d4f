/// What a stretch of load came to.
struct LoadOutcome {
    var operations = 0
    /// From the first request to the last answer.
    var seconds = 0.0
    var latencies = Latencies()

    var perSecond: Double { Double(operations) / seconds }
}

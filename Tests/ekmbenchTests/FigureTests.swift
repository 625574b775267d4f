import Testing

@testable import ekmbench

@Suite("The figures") struct FigureTests {
    @Test(
        "a median is the middle, or between the two in the middle",
        arguments: [([], 0), ([3.0], 3), ([9, 1, 5], 5), ([4, 1, 3, 2], 2.5)] as [([Double], Double)])
    func median(_ values: [Double], _ expected: Double) {
        #expect(values.median == expected)
    }

    @Test(
        "numbers are rounded, and grouped",
        arguments: [(0.0, 2, "0.00"), (1234567.4, 0, "1,234,567"), (0.056, 2, "0.06"), (-3.5, 1, "-3.5"), (999.96, 1, "1,000.0")])
    func text(_ value: Double, _ places: Int, _ expected: String) {
        #expect(value.text(places) == expected)
    }

    @Test("percentiles are those of what was recorded, within a thousandth")
    func percentiles() {
        var latencies = Latencies()
        for value in 1...10_000 { latencies.record(UInt64(value) * 1000) }
        let figures = LatencyFigures(&latencies)
        #expect(abs(figures.p50 - 5000) < 6 && abs(figures.p99 - 9900) < 11 && abs(figures.p999 - 9990) < 11)
    }

    @Test("a full run lasts ten minutes at most, and covers all sizes, depths, connections and keys")
    func plan() {
        let plan = Plan.full(seconds: 3)
        let open = plan.cells.filter(\.isOpen).count
        let servers = Double(Contender.allCases.count)
        let measured = servers * plan.seconds * (Double(plan.cells.count + open) + Double(plan.loads.count + 1) / 2)
        #expect(measured < 500)
        #expect(Set(plan.cells.map(\.operation)) == Set(BenchOperation.allCases))
        #expect(Set(plan.cells.map(\.size)).isSuperset(of: [64, 512 << 10]))
        #expect(Set(plan.cells.map(\.depth)) == [1, 16, 128])
        #expect(Set(plan.cells.map(\.connections)) == [1, 8, 256])
        #expect(Set(plan.cells.map(\.keys)) == [1, 64, 10_000])
    }
}

import Glibc

/// Latency against load, as a picture: p50, p99 and p99.9 of each server, time on a logarithmic axis.
struct LoadChart {
    private static let width = 860.0
    private static let height = 480.0
    private static let left = 70.0
    private static let right = 130.0
    private static let top = 50.0
    private static let bottom = 60.0
    /// Key paths are not sendable: computed, not stored.
    private static var percentiles: [(name: String, value: KeyPath<LatencyFigures, Double>, dashes: String)] {
        [("p50", \.p50, "none"), ("p99", \.p99, "7 4"), ("p99.9", \.p999, "2 3")]
    }

    private let curve: Curve
    /// Powers of ten, in microseconds.
    private let lowest: Int
    private let highest: Int

    init(_ curve: Curve) {
        self.curve = curve
        let all = curve.points.flatMap { point in
            Contender.allCases.flatMap { contender in Self.percentiles.map { point.latency[contender][keyPath: $0.value] } }
        }
        lowest = Int(log10(max(0.1, all.min() ?? 1)).rounded(.down))
        highest = max(lowest + 1, Int(log10(max(0.1, all.max() ?? 1)).rounded(.up)))
    }

    /// The whole SVG document.
    var text: String {
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            <text x="\(Self.left)" y="26" font-size="15">Latency against load: \(curve.cell.description)</text>
            """
        ]
        lines += axes
        for (place, contender) in Contender.allCases.enumerated() {
            let color = Self.color(contender)
            for percentile in Self.percentiles {
                let points = curve.points.map { "\(x($0.offered)),\(y($0.latency[contender][keyPath: percentile.value]))" }
                lines.append(
                    "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" "
                        + "stroke-dasharray=\"\(percentile.dashes)\"/>")
            }
            lines.append("<text x=\"\(Self.width - Self.right + 15)\" y=\"\(80 + 20 * place)\" fill=\"\(color)\">\(contender)</text>")
        }
        for (place, percentile) in Self.percentiles.enumerated() {
            let at = 160 + 20 * place
            lines.append(
                "<line x1=\"\(Self.width - Self.right + 15)\" x2=\"\(Self.width - Self.right + 45)\" y1=\"\(at - 4)\" y2=\"\(at - 4)\" "
                    + "stroke=\"black\" stroke-dasharray=\"\(percentile.dashes)\"/>"
                    + "<text x=\"\(Self.width - Self.right + 52)\" y=\"\(at)\">\(percentile.name)</text>")
        }
        return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private var axes: [String] {
        var lines: [String] = []
        for power in lowest...highest {
            let value = pow(10, Double(power))
            lines.append(
                "<line x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(y(value))\" y2=\"\(y(value))\" stroke=\"#ddd\"/>"
                    + "<text x=\"\(Self.left - 8)\" y=\"\(y(value))\" text-anchor=\"end\">\(value.text(power < 0 ? 1 : 0)) µs</text>")
        }
        for tenth in stride(from: 0, through: 10, by: 2) {
            let load = curve.peak * Double(tenth) / 10
            lines.append(
                "<text x=\"\(x(load))\" y=\"\(Self.height - Self.bottom + 20)\" text-anchor=\"middle\">\((load / 1000).text(0))</text>")
        }
        lines.append(
            "<text x=\"\(x(curve.peak / 2))\" y=\"\(Self.height - 12)\" text-anchor=\"middle\">"
                + "thousand operations per second offered, up to ekmd's peak</text>")
        return lines
    }

    private func x(_ load: Double) -> String {
        String((Self.left + load / curve.peak * (Self.width - Self.left - Self.right)).text(1).filter { $0 != "," })
    }

    private func y(_ latency: Double) -> String {
        let share = (log10(max(latency, 0.01)) - Double(lowest)) / Double(highest - lowest)
        return (Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)).text(1)
    }

    private static func color(_ contender: Contender) -> String {
        switch contender {
        case .ekmd: "#c0392b"
        case .floor: "#2c7fb8"
        case .suite: "#2e9e4f"
        }
    }
}

extension Double {
    /// Rounded to so many places behind the point.
    func text(_ places: Int) -> String {
        guard isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((magnitude * scale).rounded())
        let whole = "\(scaled / Int(scale))"
        let sign = self < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + whole.grouped }
        let rest = "\(scaled % Int(scale))"
        return sign + whole.grouped + "." + String(repeating: "0", count: places - rest.count) + rest
    }

    /// Microseconds with as many places as say something.
    var microseconds: String { text(self < 10 ? 2 : self < 1000 ? 1 : 0) }

    var mebibytes: String { (self / 1_048_576).text(1) }
}

extension String {
    /// Digits in groups of three.
    fileprivate var grouped: String {
        var text = ""
        for (place, digit) in enumerated() {
            if place > 0, (count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}

import TestSupport

extension SeededRandom {
    /// 0 to `count` - 1.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func happens(inThousand perMille: Int) -> Bool { below(1000) < perMille }

    mutating func between(_ low: UInt64, _ high: UInt64) -> UInt64 { low + next() % (high - low + 1) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}

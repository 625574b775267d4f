/// First come, first served; both ends in constant time on the average.
struct WaitingLine<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var gone = 0

    var isEmpty: Bool { gone == elements.count }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func next() -> Element? {
        guard gone < elements.count else { return nil }
        let element = elements[gone]
        gone += 1
        if gone >= 64, gone * 2 >= elements.count {
            elements.removeFirst(gone)
            gone = 0
        }
        return element
    }
}

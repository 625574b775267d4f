/// Who waits for one thing, each in the line of somebody: every line has its turn, however long the others are.
struct FairLines<Owner: Hashable & Sendable, Element: Sendable>: Sendable {
    private var lines: [Owner: WaitingLine<Element>] = [:]
    /// Those with a line, the next one first.
    private var turns = WaitingLine<Owner>()
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element, for owner: Owner) {
        count += 1
        if lines[owner] == nil { turns.append(owner) }
        lines[owner, default: WaitingLine()].append(element)
    }

    /// One of each line in turn.
    /// - Parameters:
    ///   - most: So many of all lines.
    ///   - ofOne: So many of a single line, also where no other waits.
    mutating func take(most: Int, ofOne: (Owner) -> Int) -> [Element] {
        var taken: [Element] = []
        var shares: [Owner: Int] = [:]
        // They had their share: the others are before them the next time too.
        var later: [Owner] = []
        while taken.count < most, let owner = turns.next() {
            guard let element = lines[owner]?.next() else { continue }
            taken.append(element)
            let share = shares[owner, default: 0] + 1
            shares[owner] = share
            if lines[owner]?.isEmpty ?? true {
                lines[owner] = nil
            } else if share < ofOne(owner) {
                turns.append(owner)
            } else {
                later.append(owner)
            }
        }
        for owner in later { turns.append(owner) }
        count -= taken.count
        return taken
    }
}

/// Who is next on an event loop: users by turns, and each user's connections by turns.
struct Turns<Item> {
    private var lines: [UInt32: Queue<Item>] = [:]
    private var users = Queue<UInt32>()

    var isEmpty: Bool { users.isEmpty }

    mutating func add(_ item: Item, of user: UInt32) {
        if lines[user] == nil {
            lines[user] = Queue()
            users.append(user)
        }
        lines[user]?.append(item)
    }

    mutating func next() -> Item? {
        guard let user = users.removeFirst(), let item = lines[user]?.removeFirst() else { return nil }
        if lines[user]?.isEmpty == false { users.append(user) } else { lines[user] = nil }
        return item
    }
}

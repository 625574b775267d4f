internal import GRDB

/// Looks for bytes of deleted rows in the database's file. `secure_delete` overwrites what it frees, but a page that SQLite rebuilds can
/// keep a copy in its unused part: once in about 120,000 deletions a whole wrap was found there.
struct Leftovers {
    let file: DatabaseFile
    private let needles: Set<[UInt8]>
    /// One bit for each value that the first 8 bytes of a needle may have, mixed.
    private var filter: [UInt64]

    private static let pagesAtATime = 64

    init(_ needles: Set<[UInt8]>, in file: DatabaseFile) {
        self.file = file
        self.needles = needles
        filter = [UInt64](repeating: 0, count: 1 << 14)
        for needle in needles {
            let place = Self.mix(needle.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
            filter[place >> 6] |= 1 << UInt64(place & 63)
        }
    }

    /// The numbers of the pages that hold one.
    func pages() throws -> [Int] {
        guard !needles.isEmpty else { return [] }
        var found: [Int] = []
        try forEachPage { number, page in if holds(page) { found.append(number) } }
        return found
    }

    /// Overwrites the unused parts of some pages.
    /// - Returns: whether all of them could be.
    func wipe(_ numbers: [Int], _ database: Database) throws -> Bool {
        var areWhole = true
        let free = try freePages()
        for number in numbers {
            let page = try file.read(from: number, count: 1)
            guard let parts = unused(of: page[...], number, free) else {
                areWhole = false
                continue
            }
            for part in parts { try file.wipe(part, ofPage: number) }
        }
        try finish(database)
        return areWhole
    }

    /// Overwrites the unused parts of all pages in which anything but zeros stands.
    func wipeAll(_ database: Database) throws {
        let free = try freePages()
        try forEachPage { number, page in
            for part in unused(of: page, number, free) ?? [] {
                let bytes = page[page.startIndex + part.lowerBound..<page.startIndex + part.upperBound]
                if bytes.contains(where: { $0 != 0 }) { try file.wipe(part, ofPage: number) }
            }
        }
        try finish(database)
    }

    /// What the writer remembers of the pages would bring the old bytes back with its next change of them.
    private func finish(_ database: Database) throws {
        try file.synchronise()
        try database.execute(sql: "PRAGMA shrink_memory")
    }

    // MARK: Pages

    private func forEachPage(_ body: (Int, ArraySlice<UInt8>) throws -> Void) throws {
        var first = 1
        while first <= file.pageCount {
            let count = min(Self.pagesAtATime, file.pageCount - first + 1)
            let bytes = try file.read(from: first, count: count)
            for place in 0..<count {
                try body(first + place, bytes[place * file.pageSize..<(place + 1) * file.pageSize])
            }
            first += count
        }
    }

    /// The unused parts of a page; nil where it is not known well enough to touch it.
    private func unused(of page: ArraySlice<UInt8>, _ number: Int, _ free: [Int: Int]) -> [Range<Int>]? {
        if let used = free[number] { return [used..<file.pageSize] }
        return PageLayout(page, isFirst: number == 1).unused
    }

    /// The free pages, and how many bytes of each the list of free pages itself takes.
    private func freePages() throws -> [Int: Int] {
        let header = try file.read(from: 1, count: 1)
        var pages: [Int: Int] = [:]
        var trunk = Self.number(header, 32)
        while trunk != 0 {
            guard trunk > 1, trunk <= file.pageCount, pages[trunk] == nil else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
            let page = try file.read(from: trunk, count: 1)
            let count = Self.number(page, 4)
            guard count <= file.pageSize / 4 - 2 else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
            pages[trunk] = 8 + 4 * count
            for place in 0..<count {
                let leaf = Self.number(page, 8 + 4 * place)
                guard leaf > 1, leaf <= file.pageCount, pages[leaf] == nil else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
                pages[leaf] = 0
            }
            trunk = Self.number(page, 0)
        }
        return pages
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    // MARK: Searching

    private func holds(_ page: ArraySlice<UInt8>) -> Bool {
        var word: UInt64 = 0
        var place = page.startIndex
        let end = page.endIndex
        while place < end {
            word = word << 8 | UInt64(page[place])
            place += 1
            let bit = Self.mix(word)
            guard filter[bit >> 6] & 1 << UInt64(bit & 63) != 0 else { continue }
            let start = place - 8
            guard start >= page.startIndex, start + DeletedBytes.needleSize <= end else { continue }
            if needles.contains(Array(page[start..<start + DeletedBytes.needleSize])) { return true }
        }
        return false
    }

    /// 20 bits.
    private static func mix(_ word: UInt64) -> Int { Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 44) }
}

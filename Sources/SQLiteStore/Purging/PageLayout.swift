/// Which parts of a page of SQLite's file no row has: those of a B-tree page between and before its cells (SQLite's file format, 1.6),
/// and those of a page on the list of free pages.
struct PageLayout {
    /// Nil where the page is of another kind, or not laid out as it must be: then nothing of it is to be touched.
    let unused: [Range<Int>]?

    /// - Parameters:
    ///   - page: its bytes.
    ///   - isFirst: Whether it begins with the file's own header.
    init(_ page: ArraySlice<UInt8>, isFirst: Bool) { unused = Self.unused(of: page, isFirst ? 100 : 0) }

    private static func unused(of page: ArraySlice<UInt8>, _ header: Int) -> [Range<Int>]? {
        let base = page.startIndex
        func byte(_ offset: Int) -> Int { Int(page[base + offset]) }
        func number(_ offset: Int) -> Int { byte(offset) << 8 | byte(offset + 1) }

        let headerSize: Int
        switch byte(header) {
        case 2, 5: headerSize = 12
        case 10, 13: headerSize = 8
        default: return nil
        }
        let cellCount = number(header + 3)
        let contentStart = number(header + 5) == 0 ? 65_536 : number(header + 5)
        let pointersEnd = header + headerSize + 2 * cellCount
        guard contentStart <= page.count, pointersEnd <= contentStart else { return nil }
        var parts: [Range<Int>] = [pointersEnd..<contentStart]

        var block = number(header + 1)
        var end = contentStart
        while block != 0 {
            guard block >= end, block + 4 <= page.count else { return nil }
            let size = number(block + 2)
            guard size >= 4, block + size <= page.count else { return nil }
            parts.append(block + 4..<block + size)
            end = block + size
            block = number(block)
        }
        // No cell begins in any of them.
        for cell in 0..<cellCount {
            let start = number(header + headerSize + 2 * cell)
            guard start >= contentStart, start < page.count, !parts.contains(where: { $0.contains(start) }) else { return nil }
        }
        return parts.filter { !$0.isEmpty }
    }
}

internal import GRDB
internal import GRDBSQLite

/// The file below an open database, through the very handle that SQLite has of it: another handle on the same file, once closed, would
/// take SQLite's locks with it (POSIX).
///
/// Only for a turn of the writer after the log was emptied: then the file is the whole database, and nobody else writes it.
@safe
struct DatabaseFile {
    let pageSize: Int
    let pageCount: Int
    private let handle: UnsafeMutablePointer<sqlite3_file>
    private let methods: sqlite3_io_methods

    init(_ database: Database) throws {
        var pointer: UnsafeMutablePointer<sqlite3_file>?
        let result = unsafe sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &pointer)
        guard result == SQLITE_OK, let handle = unsafe pointer, let methods = unsafe handle.pointee.pMethods?.pointee else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "SQLite does not give its file")
        }
        unsafe self.handle = handle
        self.methods = methods
        pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        var size: Int64 = 0
        try Self.check(unsafe methods.xFileSize?(handle, &size))
        guard (512...65_536).contains(pageSize) else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        pageCount = Int(size) / pageSize
    }

    /// The bytes of `count` pages from page `first` on; the first page of a file is 1.
    func read(from first: Int, count: Int) throws -> [UInt8] {
        WriterBeat.beat()
        let size = count * pageSize
        let offset = Int64(first - 1) * Int64(pageSize)
        var bytes = [UInt8](repeating: 0, count: size)
        try Self.check(unsafe methods.xRead?(handle, &bytes, CInt(size), offset))
        return bytes
    }

    /// Puts zeros in the place of a part of a page.
    func wipe(_ range: Range<Int>, ofPage page: Int) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= pageSize, "a part of a page lies inside it")
        let zeros = [UInt8](repeating: 0, count: range.count)
        let offset = Int64(page - 1) * Int64(pageSize) + Int64(range.lowerBound)
        try Self.check(unsafe methods.xWrite?(handle, zeros, CInt(zeros.count), offset))
    }

    /// Makes what was wiped durable.
    func synchronise() throws { try Self.check(unsafe methods.xSync?(handle, SQLITE_SYNC_NORMAL)) }

    private static func check(_ result: CInt?) throws {
        guard result != SQLITE_OK else { return }
        throw DatabaseError(resultCode: ResultCode(rawValue: result ?? SQLITE_MISUSE))
    }
}

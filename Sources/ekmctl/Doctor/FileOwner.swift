import Glibc

/// Whose a file is, by name where the name is known.
struct FileOwner: CustomStringConvertible {
    let description: String

    init(_ facts: stat) {
        let user = unsafe Self.name { buffer, count in
            var record = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard unsafe getpwuid_r(facts.st_uid, &record, buffer, count, &found) == 0, unsafe found != nil else { return nil }
            return unsafe String(cString: record.pw_name)
        }
        let group = unsafe Self.name { buffer, count in
            var record = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            guard unsafe getgrgid_r(facts.st_gid, &record, buffer, count, &found) == 0, unsafe found != nil else { return nil }
            return unsafe String(cString: record.gr_name)
        }
        description = "\(user ?? "\(facts.st_uid)"):\(group ?? "\(facts.st_gid)")"
    }

    private static func name(_ find: (UnsafeMutablePointer<CChar>, Int) -> String?) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            return unsafe find(start, buffer.count)
        }
    }
}

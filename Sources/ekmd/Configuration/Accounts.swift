import Glibc

/// The machine's users and groups (getpwnam_r(3), getgrnam_r(3)); nil for what it does not know.
enum Accounts {
    static func user(named name: String) -> UInt32? {
        unsafe withBuffer { buffer, size in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwnam_r(name, &entry, buffer, size, &found)
            return unsafe (code, found == nil ? nil : entry.pw_uid)
        }
    }

    static func group(named name: String) -> UInt32? {
        unsafe withBuffer { buffer, size in
            var entry = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            let code = unsafe getgrnam_r(name, &entry, buffer, size, &found)
            return unsafe (code, found == nil ? nil : entry.gr_gid)
        }
    }

    static func home(of user: UInt32) -> String? {
        unsafe withBuffer { buffer, size in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(user, &entry, buffer, size, &found)
            guard unsafe found != nil, let home = unsafe entry.pw_dir else { return (code, nil) }
            return unsafe (code, String(cString: home))
        }
    }

    /// Calls with a buffer for the entry's strings, which grows until they fit.
    private static func withBuffer<Value>(_ call: (UnsafeMutablePointer<CChar>, Int) -> (code: CInt, value: Value?)) -> Value? {
        var size = 1024
        while size <= 1 << 20 {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { unsafe buffer.deallocate() }
            let result = unsafe call(buffer, size)
            if result.code != ERANGE { return result.code == 0 ? result.value : nil }
            size *= 4
        }
        return nil
    }
}

import Glibc

/// Where `ekmd` itself is: beside `ekmctl`, or in PATH.
enum EKMDProgram {
    static var path: String? { beside() ?? inPath() }

    private static func beside() -> String? {
        guard let own = unsafe realpath("/proc/self/exe", nil) else { return nil }
        defer { unsafe free(own) }
        let path = unsafe String(cString: own)
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return executable(path[..<slash] + "/ekmd")
    }

    private static func inPath() -> String? {
        guard let path = unsafe getenv("PATH") else { return nil }
        return unsafe String(cString: path).split(separator: ":").lazy.compactMap { executable($0 + "/ekmd") }.first
    }

    private static func executable(_ path: Substring) -> String? {
        let path = String(path)
        return unsafe access(path, X_OK) == 0 ? path : nil
    }
}

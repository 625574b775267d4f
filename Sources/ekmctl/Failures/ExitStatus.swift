/// The exit codes: those of sysexits.h, and 1 where what was checked is not as it should be.
struct ExitStatus: RawRepresentable, Hashable {
    let rawValue: Int32

    static let checkFailed = ExitStatus(rawValue: 1)
    static let usage = ExitStatus(rawValue: 64)
    static let dataError = ExitStatus(rawValue: 65)
    static let noInput = ExitStatus(rawValue: 66)
    static let unavailable = ExitStatus(rawValue: 69)
    static let software = ExitStatus(rawValue: 70)
    static let cannotCreate = ExitStatus(rawValue: 73)
    static let inputOutput = ExitStatus(rawValue: 74)
    static let temporary = ExitStatus(rawValue: 75)
    static let noPermission = ExitStatus(rawValue: 77)
    static let configuration = ExitStatus(rawValue: 78)
}

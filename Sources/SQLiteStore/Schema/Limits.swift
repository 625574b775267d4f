/// The longest values that a row may hold; bytes. The schema's constraints say the same.
enum Limits {
    static let name = 127
    static let kind = 64
    static let identifier = 2048
    static let options = 65_536
    static let sealedMaterial = 4096
    static let wrapped = 65_536
    static let generation = 1024
    static let connection = 512
    static let wrap = 65_536
    static let reason = 1024
    /// All of an environment's locks.
    static let locks = 16 * (reason + 16)
    static let document = 16 << 20
    static let signature = 64
    static let boot = 64
}

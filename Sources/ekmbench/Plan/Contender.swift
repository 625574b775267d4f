/// Who is measured.
enum Contender: String, CaseIterable, Sendable {
    case ekmd
    /// A bare C server: one AES-256-GCM context, nothing else.
    case floor
    /// The same with the cryptography of ekmd's suite 1.
    case suite
}

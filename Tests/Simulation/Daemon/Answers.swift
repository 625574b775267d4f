/// What the daemon's answers say, in words of the simulation: nothing else of the daemon is seen by the auditor.
enum DaemonAnswer {
    struct Sealed {
        let ciphertext: [UInt8]
        /// The ids that stand in the ciphertext's clear header.
        let environment: String
        let key: String
        let use: Use
    }

    struct Lent {
        let wrapped: [UInt8]
        let environment: String
        let key: String
        let secret: [UInt8]
        let use: Use
    }

    struct Opened {
        let plaintext: [UInt8]
        let use: Use
    }

    /// When a key was used, and until when it would be if the KMS went silent now; true nanoseconds.
    struct Use {
        let at: UInt64
        let until: UInt64
    }

    struct Retention: Hashable {
        var hours: Int64?
        var logs: Int64?
    }

    struct Repack: Equatable {
        let isReplacement: Bool
        let isPaused: Bool
        let target: UInt32
    }

    struct Census {
        let version: UInt32
        let mainKey: MainKeyLabel
        let keys: Int
    }

    struct View {
        let environment: String
        let mainKey: MainKeyLabel
        let pending: MainKeyLabel?
        let isLocked: Bool
        let isWithdrawn: Bool
        let retention: Retention
        let repack: Repack?
        let census: [Census]
        let keys: Int
        let version: UInt32
        let state: String
        let keysInMemory: Int
    }

    struct Outcome {
        /// `replaced`, `planned`, `pending` or `restored`.
        let kind: String
        /// Whether it says that a main key which waited for its grant waits no more.
        let endsWaiting: Bool
    }

    struct Receipt {
        let id: String
        let environment: String
        let subject: ErasureSubject
        let isRetention: Bool
        let isComplete: Bool
        let keys: [String]
        let startedAt: String
    }
}

/// What an operator knows a main key by.
enum MainKeyLabel: Hashable, CustomStringConvertible {
    case managed
    /// Uploaded; which bytes is not shown.
    case material
    case kms(String)

    var description: String {
        switch self {
        case .managed: "managed"
        case .material: "material"
        case .kms(let name): name
        }
    }
}

enum MainKeyChoice: Hashable, CustomStringConvertible {
    case managed
    /// 32 bytes of that value.
    case material(UInt8)
    case kms(String)

    var label: MainKeyLabel {
        switch self {
        case .managed: .managed
        case .material: .material
        case .kms(let name): .kms(name)
        }
    }

    var description: String {
        switch self {
        case .managed: "managed"
        case .material(let byte): "material \(byte)"
        case .kms(let name): name
        }
    }
}

/// An id as its bytes, which is what it is compared by: Swift takes strings for equal that Unicode calls so.
struct ScopeID: Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var description: String { text.unicodeScalars.allSatisfy(\.isASCII) ? text : "\(text) (\(bytes.count) bytes)" }
}

enum DataScope: Hashable, CustomStringConvertible {
    case job(ScopeID)
    case connection(ScopeID)
    case event, log

    var isHourly: Bool {
        switch self {
        case .job, .event: true
        case .connection, .log: false
        }
    }

    var description: String {
        switch self {
        case .job(let id): "job \(id)"
        case .connection(let id): "connection \(id)"
        case .event: "event"
        case .log: "log"
        }
    }
}

enum ErasureSubject: Hashable, CustomStringConvertible {
    /// Hours that had ended by then; seconds since 1970.
    case before(Int64)
    case connection(ScopeID)
    case logs(before: Int64)

    var description: String {
        switch self {
        case .before(let time): "hours before \(time)"
        case .connection(let id): "connection \(id)"
        case .logs(before: let time): "logs before \(time)"
        }
    }
}

/// An error of the daemon.
struct Refusal: Error, CustomStringConvertible {
    enum Meaning {
        /// Nothing was done.
        case refused
        /// It may have been done.
        case unknown
        /// The daemon died before it answered.
        case died
    }

    let code: String
    let message: String
    let meaning: Meaning

    static let died = Refusal(code: "died", message: "The daemon died.", meaning: .died)

    var description: String { "\(code): \(message)" }
}

/// What the daemon tells without being asked.
enum Told {
    case verdict(environment: String, denies: Bool, wipes: Bool)
    case adopted(environment: String, version: UInt32, isReplacement: Bool)
    case repacked(environment: String, version: UInt32)
    case damaged(environment: String, String)
    /// A main key that waited for its grant waits no more.
    case givenUp(environment: String)
}

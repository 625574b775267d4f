/// Something that the world does at a time: a client, an operator, a KMS, a disk, a clock, a crash.
struct PlanEvent {
    enum Kind: String, CaseIterable {
        // Clients.
        case encrypt, decrypt, lend, openLent
        // Operators.
        case create, delete, lock, unlock, replace, cancelPending, rotate, refresh, withdraw, restore, pause, resume, cancel, retention,
            erase
        case show, showKey, receipts, reload, accept
        // The KMS.
        case kmsState, kmsPace, kmsRotate, kmsReturn, kmsHeal, kmsDrop
        // The store.
        case weather, reader, calm
        // The machine.
        case crash, reboot, jump, creep, right
    }

    /// Its place in the whole plan, which names it when others are left out.
    let number: Int
    /// True nanoseconds since the beginning.
    let at: UInt64
    let kind: Kind
    /// Which environment, where it is about one.
    let environment: Int
    /// What else has to be chosen.
    let a: UInt64
    let b: UInt64
    /// Of what reads something: the event that made it.
    let subject: Int?
}

extension PlanEvent.Kind {
    /// How often it comes, where the seed does not leave it out.
    var weight: Int {
        switch self {
        case .encrypt: 300
        case .decrypt: 300
        case .lend, .openLent: 40
        case .create: 6
        case .delete: 4
        case .lock: 10
        case .unlock: 16
        case .replace: 40
        case .cancelPending: 4
        case .rotate: 12
        case .refresh: 12
        case .withdraw: 6
        case .restore: 8
        case .pause: 8
        case .resume: 10
        case .cancel: 10
        case .retention: 8
        case .erase: 20
        case .show: 60
        case .showKey: 10
        case .receipts: 16
        case .reload: 6
        case .accept: 6
        case .kmsState: 50
        case .kmsPace: 16
        case .kmsRotate: 16
        case .kmsReturn: 3
        case .kmsHeal: 24
        case .kmsDrop: 8
        case .weather: 40
        case .reader: 16
        case .calm: 40
        case .crash: 110
        case .reboot: 12
        case .jump: 8
        case .creep: 4
        case .right: 10
        }
    }

    /// What people do, and what goes wrong, in the middle of it: more often than chance alone would have it.
    var consequences: [PlanEvent.Kind] {
        switch self {
        case .replace: [.pause, .cancel, .encrypt, .decrypt, .crash, .kmsState, .show, .lend, .lock, .kmsRotate]
        case .pause: [.show, .kmsHeal, .openLent, .replace]
        case .cancel: [.show, .encrypt, .crash]
        case .lock, .unlock, .delete, .withdraw: [.encrypt, .decrypt, .crash, .show, .retention]
        case .erase: [.encrypt, .decrypt, .crash, .receipts]
        case .kmsState: [.refresh, .rotate, .showKey, .replace, .decrypt, .kmsHeal]
        case .kmsRotate: [.refresh, .replace, .crash, .kmsReturn]
        case .reboot, .jump, .creep: [.encrypt, .retention, .replace, .erase, .right]
        default: []
        }
    }

    /// Whether every seed has it.
    var isAlwaysThere: Bool {
        switch self {
        case .encrypt, .decrypt, .show, .unlock, .kmsHeal, .calm: true
        default: false
        }
    }
}

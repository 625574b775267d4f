import EKMWire

/// Reports of each type: with all that may be left open set, and with none of it.
enum ReportSamples {
    private static let name = "acme/prod"
    private static let time = "2026-11-23T10:00:00Z"
    private static let id = "00112233445566778899aabbccddeeff"
    private static let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    /// By the name of their schema.
    static let all: [String: [any Encodable & Sendable]] =
        parts.merging(environments) { $1 }.merging(mainKeys) { $1 }.merging(receipts) { $1 }.merging(daemon) { $1 }

    private static let managed = MainKeyReport(kind: "managed", reference: "")
    private static let aws = MainKeyReport(
        kind: "aws-kms", reference: "arn:aws:kms:eu-central-1:1:key/k", generation: "g1",
        options: ["role-arn": "arn:aws:iam::1:role/r", "external-id": "x"])
    private static let unproved = ProofReport(verdict: "none")
    private static let proved = ProofReport(at: time, verdict: "restricted", verdictAt: time, reason: "AccessDeniedException")
    private static let replaced = ReplacementReport(lastAt: time, allowedFrom: time)
    private static let lock = LockReport(number: 1, at: time, reason: "incident")
    private static let noRepack = RepackReport(state: "none", moved: 0, total: 0)
    private static let end = RepackReport.End(version: 2, mainKey: aws)
    private static let repacks = [
        RepackReport(
            state: "running", cause: "rotation", moved: 1, total: 9, keysPerSecond: 3, secondsLeft: 4, startedAt: time, from: [end], to: end
        ),
        RepackReport(
            state: "waiting", cause: "replacement", moved: 1, total: 9, startedAt: time,
            waitingFor: RepackReport.Wait(text: "It waits.", why: "AccessDenied")),
        RepackReport(
            state: "paused", cause: "replacement", moved: 1, total: 9, startedAt: time, waitingFor: RepackReport.Wait(text: "It waits.")),
    ]

    private static let parts: [String: [any Encodable & Sendable]] = [
        "main-key": [managed, aws, MainKeyReport(kind: "material", reference: ""), MainKeyReport(kind: "unknown", reference: "")],
        "proof": [unproved, proved],
        "replacement": [ReplacementReport(), replaced],
        "lock": [LockReport(at: time, reason: "incident"), lock],
        "retention": [
            RetentionReport(), RetentionReport(hours: 3600, logs: 3600), RetentionReport(next: .init(hours: 3600, from: time)),
            RetentionReport(next: .init(logs: 3600, from: time)),
        ],
        "in-memory": [InMemoryReport(environmentKeys: 1, keys: 2, ciphers: 3)],
        "key-count": [KeyCountReport(hourly: 1, connection: 2, log: 3)],
        "census": [CensusReport(generation: "unknown", keys: 0)],
        "key-census": [KeyCensusReport(version: 1, mainKey: managed, keys: 3, isCurrent: true)],
        "repack": [noRepack] + repacks,
        "rotation": [
            RotationReport(kind: "unknown", text: "Not asked yet."),
            RotationReport(kind: "automatic", days: 365, next: time, text: "The KMS rotates it."),
        ],
        "pending-main-key": [
            PendingMainKeyReport(mainKey: aws, since: time, givesUpAt: nil),
            PendingMainKeyReport(mainKey: aws, since: time, givesUpAt: time, lastAnswer: "restricted: AccessDenied"),
        ],
    ]

    private static let bareEnvironment = EnvironmentReport(
        environment: name, id: id, state: .unproved, mainKey: managed, proof: unproved, secondsLeft: nil, census: [],
        replacement: ReplacementReport(), repack: nil, keys: KeyCountReport(hourly: 0, connection: 0, log: 0), createdAt: time)
    private static let fullEnvironment = EnvironmentReport(
        environment: name, id: id, state: .locked, mainKey: aws, proof: proved, secondsLeft: 12,
        census: [CensusReport(generation: "g1", keys: 3)], replacement: replaced, repack: repacks[0],
        keys: KeyCountReport(hourly: 1, connection: 2, log: 0), lock: lock, locks: [lock],
        retention: RetentionReport(hours: 7_776_000, logs: 86_400), inMemory: InMemoryReport(environmentKeys: 1, keys: 2, ciphers: 3),
        createdAt: time)

    private static let environments: [String: [any Encodable & Sendable]] = [
        "environment": [bareEnvironment, fullEnvironment],
        "environments": [[EnvironmentReport](), [bareEnvironment, fullEnvironment]],
        "environment-page": [
            EnvironmentPageReport(environments: []), EnvironmentPageReport(environments: [fullEnvironment], next: name),
        ],
        "deletion": [
            DeletionReport(environment: name, connectionKeys: 0, hourlyKeys: 0, logKeys: 0),
            DeletionReport(
                environment: name, connectionKeys: 1, hourlyKeys: 2, logKeys: 1, firstHour: time, lastHour: time, purgeDue: "Later."),
        ],
    ]

    private static let mainKeys: [String: [any Encodable & Sendable]] = [
        "key": [
            KeyReport(
                environment: name, mainKey: managed, generationTold: true, state: .available, proof: unproved,
                rotation: RotationReport(kind: "not-applicable", text: "It does not rotate.")),
            KeyReport(
                environment: name, mainKey: aws, generationTold: false, state: .revoked, proof: proved,
                rotation: RotationReport(kind: "off", text: "It is off."), endsAt: time,
                pending: PendingMainKeyReport(mainKey: aws, since: time, givesUpAt: time),
                census: [KeyCensusReport(version: 2, mainKey: aws, keys: 7, isCurrent: true)], replacement: replaced, repack: repacks[1],
                wrappedAt: time, nextRefreshAt: time, lastPollAt: time, recommendations: ["Rotate."], warnings: ["Look."]),
        ],
        "replacement-outcome": [
            ReplacementOutcomeReport(environment: name, outcome: "planned", mainKey: managed),
            ReplacementOutcomeReport(
                environment: name, outcome: "replaced", mainKey: aws, keysToMove: 3, keysUnreadable: 1, estimatedSeconds: 2,
                allowedFrom: time, probe: ["It encrypts."], warnings: ["Look."]),
        ],
    ]

    private static let receipts: [String: [any Encodable & Sendable]] = [
        "receipt": [
            ReceiptReport(
                id: id, environment: id, document: "e30=", signature: String(repeating: "A", count: 86) + "==", publicKey: key)
        ],
        "receipt-summary": [
            ReceiptSummaryReport(id: id),
            ReceiptSummaryReport(id: id, at: time, cause: "command", subject: "connection crm", keys: 1),
        ],
        "receipt-summaries": [[ReceiptSummaryReport](), [ReceiptSummaryReport(id: id)]],
        "public-key": [PublicKeyReport(publicKey: key)],
    ]

    private static let requests = RequestReport(total: 4, failed: 1, byOperation: ["ping": 3, "encrypt": 1])
    private static let troubled = [
        TroubledReport(environment: name, state: .damaged),
        TroubledReport(environment: name, state: .restricted, since: time, reason: "AccessDenied"),
    ]

    private static let daemon: [String: [any Encodable & Sendable]] = [
        "clock": [
            ClockReport(state: "trusted", wall: time), ClockReport(state: "in-doubt", reason: "It jumped.", wall: time, believed: time),
        ],
        "doctor": [
            DoctorReport(), DoctorReport(checks: [DoctorReport.Check("clock", .failed, "It jumped.", remedy: "Set it right.")]),
        ],
        "permissions": [
            PermissionsReport(uid: 1, grants: [], operations: []),
            PermissionsReport(
                uid: 1, groups: [1], environment: name,
                grants: [PermissionsReport.Grant(subject: "user app", environments: ["acme/*"], allow: ["encrypt"])],
                operations: [PermissionsReport.Operation(name: "encrypt", needs: ["encrypt"], on: "environment", isAllowed: true)]),
        ],
        "request": [requests],
        "troubled": troubled,
        "status": [
            StatusReport(
                version: "1", pid: 2, startedAt: time, uptimeSeconds: 3, socket: "/s", state: "/t", environments: [:],
                requests: nil, connections: nil, storeBackend: "sqlite", rootKeyExported: nil, warnings: []),
            StatusReport(
                version: "1", pid: 2, startedAt: time, uptimeSeconds: 3, socket: "/s", state: "/t", environments: ["available": 2],
                troubled: troubled, requests: requests, connections: 1, storeBackend: "sqlite", rootKeyExported: true, warnings: ["Look."]),
        ],
    ]
}

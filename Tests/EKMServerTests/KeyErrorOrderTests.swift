import EKMWire
import KeyHierarchy
import Keyring
import TestSupport
import Testing

/// Which of several errors is answered where keys are gone, refused or changed.
@Suite("Which of several errors is answered about keys")
struct KeyErrorOrderTests {
    private static let name = "acme/prod"
    private static let arn = "arn:aws:kms:eu-central-1:1:key/12345678"
    private static let reference = MainKeyReference(kind: MainKeyReference.Kind(rawValue: "aws-kms"), identifier: arn)

    private static func failure(_ verdict: Verdict, _ stage: MainKeyFailure.Stage = .access) -> FakeMainKeys.Answer {
        .failure(MainKeyFailure(verdict: verdict, stage: stage, message: "no", reason: "theirs", remedy: ""))
    }

    private func create(_ name: String) throws -> [UInt8] {
        var request: [UInt8] = []
        try CreateEnvironmentRequest.encode(environment: name, key: KMSKey(kind: "aws-kms", key: Self.arn), into: &request, requestID: 1)
        return request
    }

    private func replace(_ flags: ReplacementFlags = []) throws -> [UInt8] {
        var request: [UInt8] = []
        try ReplaceMainKeyRequest.encode(
            environment: Self.name, flags: flags, key: KMSKey(kind: "aws-kms", key: Self.arn), into: &request, requestID: 1)
        return request
    }

    private func erase(_ subject: ErasureSubject, _ confirmation: String, in name: String = name) throws -> [UInt8] {
        var request: [UInt8] = []
        try ErasureRequest(environment: name, subject: subject, confirmation: confirmation).encode(into: &request, requestID: 1)
        return request
    }

    @Test("A key that was erased is told apart from one that never was, but only while the main key answers")
    func erasedOrUnknown() async throws {
        try await withServer { server in
            let environment = try await server.create(Self.name)
            let client = try await server.connect()
            let erased = try await client.ask(Requests.encrypt([1], in: Self.name, .connection("crm"))).fields
            var unknown = erased
            unknown[30] ^= 1
            #expect(try await client.ask(erase(.connection("crm"), Self.name)).code == nil)
            #expect(try await client.ask(Requests.decrypt(erased)).code == .erased)
            #expect(try await client.ask(Requests.decrypt(unknown)).code == .unknownKey)
            server.mainKeys.answer(Self.failure(.restricted), for: environment.identity.name)
            server.expire()
            for ciphertext in [erased, unknown] { #expect(try await client.ask(Requests.decrypt(ciphertext)).code == .restricted) }
            _ = try await client.ask(Requests.lock(Self.name, reason: "incident"))
            #expect(try await client.ask(Requests.decrypt(erased)).code == .locked)
        }
    }

    @Test(
        "The verdict of the key in force has a code of its own, once the cache has ended",
        arguments: [
            (Verdict.restricted, ErrorCode.restricted), (.revoked, .revoked), (.mismatched, .mismatched), (.throttled, .throttled),
            (.unreachable, .unreachable),
        ])
    func verdicts(_ verdict: Verdict, _ code: ErrorCode) async throws {
        try await withServer { server in
            let environment = try await server.create(Self.name)
            let client = try await server.connect()
            let ciphertext = try await client.ask(Requests.encrypt([1], in: Self.name)).fields
            server.mainKeys.answer(Self.failure(verdict), for: environment.identity.name)
            #expect(try await client.ask(Requests.decrypt(ciphertext)).fields == [1])
            server.expire()
            let refused = try await client.ask(Requests.decrypt(ciphertext))
            #expect(refused.code == code && refused.error?.verdict.rawValue == verdict.rawValue && refused.error?.reason == "theirs")
        }
    }

    @Test("A key that is to be set up is inaccessible or cannot encrypt, whatever the verdict, which the answer names", arguments: 1...6)
    func setUp(_ number: UInt8) async throws {
        guard let verdict = Verdict(rawValue: number), verdict != .granted else { return }
        try await withServer { server in
            try await server.create(Self.name)
            let client = try await server.connect()
            for (stage, code) in [(MainKeyFailure.Stage.access, ErrorCode.mainKeyInaccessible), (.encryption, .mainKeyCannotEncrypt)] {
                server.mainKeys.answer(Self.failure(verdict, stage), for: Self.reference)
                for request in [try create("acme/new"), try replace(), try replace(.dryRun)] {
                    let refused = try await client.ask(request)
                    #expect(refused.code == code && refused.error?.verdict.rawValue == number)
                }
                #expect(try await client.ask(create(Self.name)).code == .environmentExists)
            }
        }
    }

    @Test("In a replacement the lock comes first, then the 24 hours, then the new key, and last the old one")
    func replacement() async throws {
        try await withServer { server in
            let environment = try await server.create(Self.name)
            let client = try await server.connect()
            server.mainKeys.answer(Self.failure(.restricted), for: environment.record.mainKey.id)
            server.mainKeys.answer(Self.failure(.restricted), for: Self.reference)
            #expect(try await client.ask(replace()).code == .mainKeyInaccessible)
            server.mainKeys.answer(.granted, for: Self.reference)
            #expect(try await client.ask(replace()).code == .restricted)
            #expect(try await client.ask(replace(.withoutOld)).code == nil)
            server.mainKeys.answer(Self.failure(.restricted), for: Self.reference)
            #expect(try await client.ask(replace()).code == .replacementTooSoon)
            _ = try await client.ask(Requests.lock(Self.name, reason: "incident"))
            #expect(try await client.ask(replace()).code == .locked)
        }
    }

    @Test("What was given for a replacement is judged before the lock, and whether it comes too soon only by a clock that is believed")
    func material() async throws {
        func replace(_ byte: UInt8, _ flags: ReplacementFlags = [], in name: String = Self.name) throws -> [UInt8] {
            var request: [UInt8] = []
            let material = [UInt8](repeating: byte, count: 32)
            try ReplaceMainKeyRequest.encode(environment: name, flags: flags, material: material.span.bytes, into: &request, requestID: 1)
            return request
        }
        try await withServer { server in
            try await server.hierarchies.load()
            try await server.create(Self.name)
            try await server.create("acme/dev")
            let client = try await server.connect()
            #expect(try await client.ask(replace(7)).code == nil)
            #expect(try await client.ask(replace(8)).code == .replacementTooSoon)
            _ = try await client.ask(Requests.confirmed(.withdrawMaterial, Self.name, Self.name))
            for name in [Self.name, "acme/dev"] { _ = try await client.ask(Requests.lock(name, reason: "incident")) }
            #expect(try await client.ask(replace(8)).code == .materialDiffers)
            #expect(try await client.ask(replace(7, .whenGranted, in: "acme/dev")).code == .wrongKeyKind)
            #expect(try await client.ask(replace(0, in: "acme/dev")).code == .materialInvalid)
            #expect(try await client.ask(replace(7, in: "acme/dev")).code == .locked)
            _ = try await client.ask(Requests.named(.unlockEnvironment, "acme/dev"))
            #expect(try await client.ask(replace(7, in: "acme/dev")).code == nil)
            server.wallClock.advance(by: .seconds(86_401))
            #expect(try await client.ask(replace(8, in: "acme/dev")).code == .clockInDoubt)
        }
    }

    @Test("In an erasure the environment comes first, then the name that was typed, the time, the clock, and last whether there is a key")
    func erasure() async throws {
        try await withServer { server in
            try await server.hierarchies.load()
            let client = try await server.connect()
            let (past, future) = (ErasureSubject.before(unixSeconds: 7200), ErasureSubject.before(unixSeconds: 1 << 40))
            #expect(try await client.ask(erase(future, "x", in: "acme/none")).code == .unknownEnvironment)
            try await server.create(Self.name)
            #expect(try await client.ask(erase(future, "x")).code == .confirmationMismatch)
            #expect(try await client.ask(erase(past, Self.name)).code == .noReceipt)
            server.wallClock.advance(by: .seconds(86_400))
            #expect(try await client.ask(erase(future, Self.name)).code == .malformedField)
            #expect(try await client.ask(erase(past, Self.name)).code == .clockInDoubt)
            #expect(try await client.ask(erase(.connection("crm"), Self.name)).code == .noReceipt)
        }
    }

    @Test("Whether keys are erased whose receipt is to come is told under a code of its own, until there is the receipt")
    func receiptDue() async throws {
        try await withServer { server in
            try await server.create(Self.name)
            let client = try await server.connect()
            _ = try await client.ask(Requests.encrypt([1], in: Self.name, .connection("crm")))
            server.store.fail("purge", with: KeyStoreError(.busy, "Somebody else reads the store.", remedy: "Stop who reads it."))
            let due = try await client.ask(erase(.connection("crm"), Self.name))
            #expect(due.code == .receiptDue)
            let message = due.error.map { "\($0.message) \($0.remedy)" } ?? ""
            let id = try #require(message.split { !$0.isHexDigit }.first { $0.count == 32 }.map(String.init))
            #expect(try await client.ask(Requests.receipt(id)).code == .receiptDue)
            #expect(try await client.ask(Requests.receipt(String(repeating: "0", count: 32))).code == .noReceipt)
            // Nothing is left that a second one could take.
            #expect(try await client.ask(erase(.connection("crm"), Self.name)).code == .noReceipt)
        }
    }
}

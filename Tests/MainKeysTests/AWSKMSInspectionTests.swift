import Cryptography
import Foundation
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("The inspection of a key in AWS KMS", .timeLimit(.minutes(5))) struct AWSKMSInspectionTests {
    private let clock = ManualBootClock()
    private let wallClock = ManualWallClock(SystemWallClock().now)
    private let fixture: AWSKMSFixture
    private var kms: FaultInjectingKMS { fixture.kms }
    private var key: String { fixture.key }

    init() throws { fixture = try AWSKMSFixture(["AWS_REGION": "eu-central-1"], clock: clock, wallClock: wallClock) }

    private func inspect(_ key: String? = nil, options: [String: String] = [:]) async throws -> MainKeyInspection {
        try await fixture.mainKey(key, options: options).inspect(for: fixture.environment)
    }

    private func failure() async -> MainKeyFailure? {
        await #expect(throws: MainKeyFailure.self) { _ = try await inspect() }
    }

    // MARK: Generation

    @Test("The generation is the one that a decrypt names, and changes with every rotation, of either kind and of imported material")
    func generations() async throws {
        let imported = kms.createKey(origin: "EXTERNAL")
        for key in [key, imported] {
            for rotate in [nil, { $0.rotate(key) }, { $0.rotate(key, isAutomatic: true) }, { $0.importMaterial(key) }]
                as [(@Sendable (FaultInjectingKMS) -> String)?]
            {
                let before = try await inspect(key).generation
                let expected = rotate.map { Generation($0(kms)) } ?? before
                let told = try await inspect(key).generation
                #expect(told == expected && (rotate == nil) == (told == before))
                let wrapped = try await fixture.mainKey(key).wrap(fixture.payload(), for: fixture.environment)
                #expect(try await fixture.mainKey(key).unwrap(wrapped, for: fixture.environment).generation == told)
            }
        }
        #expect(kms.calls(.listKeyRotations) == 0)
    }

    @Test("Where the description names no material, the list of all material does, however many pages it has") func listed() async throws {
        kms.tellGenerations(in: [.listKeyRotations])
        for _ in 0..<120 { kms.rotate(key) }
        kms.forgetRequests()
        #expect(try await inspect().generation?.name == kms.generation(of: key))
        #expect(kms.calls(.listKeyRotations) == 3)
        // A decrypt that names none falls back on what encrypted, by the same name.
        let wrapped = try await fixture.mainKey().wrap(fixture.payload(), for: fixture.environment)
        #expect(try await fixture.mainKey().unwrap(wrapped, for: fixture.environment).generation?.name == kms.generation(of: key))
        kms.rotate(key)
        #expect(try await inspect().generation?.name == kms.generation(of: key))
    }

    @Test("A list without an end is not followed for ever") func endless() async throws {
        kms.tellGenerations(false)
        for number in 0..<40 {
            kms.inject(
                .on(.listKeyRotations, times: 1), .raw(status: 200, body: #"{"Rotations":[],"Truncated":true,"NextMarker":"\#(number)"}"#))
        }
        #expect(try await inspect().generation == nil)
        #expect(kms.calls(.listKeyRotations) == 20)
    }

    @Test(
        "Where KMS tells no generation there is none, and the list is asked again after an hour only",
        arguments: [
            nil, FaultInjectingKMS.Fault.accessDenied("kms:ListKeyRotations"), .notImplemented,
            .error(.init("UnsupportedOperationException", nil)),
        ])
    func silent(_ fault: FaultInjectingKMS.Fault?) async throws {
        kms.tellGenerations(false)
        if let fault { kms.inject(.on(.listKeyRotations), fault) }
        for _ in 0..<3 {
            let told = try await inspect()
            #expect(told.generation == nil && told.failure == nil)
        }
        let first = kms.calls(.listKeyRotations)
        #expect(first == 1)
        clock.advance(by: .seconds(3599))
        _ = try await inspect()
        #expect(kms.calls(.listKeyRotations) == first)
        clock.advance(by: .seconds(2))
        kms.clearFaults()
        kms.tellGenerations(true)
        kms.tellGenerations(in: [.listKeyRotations])
        #expect(try await inspect().generation?.name == kms.generation(of: key))
    }

    @Test("A list that fails in passing is asked again at the next poll") func passingList() async throws {
        kms.tellGenerations(in: [.listKeyRotations])
        kms.inject(.on(.listKeyRotations, times: 3), .throttled)
        #expect(try await inspect().generation == nil)
        #expect(try await inspect().generation?.name == kms.generation(of: key))
    }

    // MARK: State

    @Test(
        "What the state means is told with its verdict, and the rest with it",
        arguments: [
            (FaultInjectingKMS.KeyState.enabled, Verdict?.none), (.disabled, .revoked), (.pendingDeletion, .revoked),
            (.pendingImport, .revoked), (.pendingReplicaDeletion, .revoked), (.unavailable, .unreachable), (.updating, .unreachable),
        ]) func states(_ state: FaultInjectingKMS.KeyState, _ verdict: Verdict?) async throws
    {
        kms.setState(state, of: key)
        let told = try await inspect()
        #expect(told.failure?.verdict == verdict)
        #expect(told.failure?.remedy.isEmpty != true)
        #expect(told.generation?.name == kms.generation(of: key))
    }

    @Test("A deletion that is pending is told with its date from the first poll") func deletion() async throws {
        kms.setState(.pendingDeletion, of: key, deletionDate: Date(timeIntervalSince1970: 1_800_000_000.5))
        let told = try await inspect()
        #expect(told.endsAt == WallTime(seconds: 1_800_000_000))
        #expect(told.failure?.message.contains("2027-01-15T08:00:00Z") == true)
        kms.setState(.enabled, of: key)
        #expect(try await inspect().endsAt == nil)
    }

    @Test("The end of imported material is told, and warned of in its last 30 days") func expiry() async throws {
        let imported = kms.createKey(origin: "EXTERNAL")
        let end = wallClock.now.advanced(by: .seconds(31 * 86_400))
        kms.importMaterial(imported, validTo: Date(timeIntervalSince1970: TimeInterval(end.seconds)))
        let early = try await inspect(imported)
        #expect(early.endsAt == end && early.warnings.isEmpty && early.rotation == .notApplicable)
        wallClock.advance(by: .seconds(2 * 86_400))
        #expect(try await inspect(imported).warnings.first?.contains("\(end)") == true)
        kms.importMaterial(imported)
        let renewed = try await inspect(imported)
        #expect(renewed.endsAt == nil && renewed.warnings.isEmpty)
    }

    @Test("A key that is gone, or that another answers for, is told; who does not answer says nothing of it") func gone() async throws {
        let other = kms.createKey()
        let arn = #"{"KeyMetadata":{"Arn":"\#(other)","KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"SYMMETRIC_DEFAULT","KeyState":"Enabled"}}"#
        kms.inject(.on(.describeKey, times: 1), .raw(status: 200, body: arn))
        #expect(try await inspect().failure?.verdict == .mismatched)
        for (fault, verdict) in [
            (FaultInjectingKMS.Fault.accessDenied("kms:DescribeKey"), Verdict.restricted), (.throttled, .throttled),
            (.serviceUnavailable, .unreachable), (.garbage, .unreachable),
        ] {
            kms.inject(.on(.describeKey), fault)
            #expect(await failure()?.verdict == verdict)
            kms.clearFaults()
        }
        kms.delete(key)
        let told = try await inspect()
        #expect(told.failure?.verdict == .revoked && told.generation == nil)
    }

    // MARK: Rotation

    @Test("Automatic rotation is told with its period and next date, and asked for once an hour, or when the date has come")
    func automatic() async throws {
        #expect(try await inspect().rotation == .off)
        kms.setAutomaticRotation(days: 90, of: key)
        #expect(try await inspect().rotation == .off)
        #expect(kms.calls(.getKeyRotationStatus) == 1)
        clock.advance(by: .seconds(3601))
        guard case .automatic(90, let next?) = try await inspect().rotation else {
            Issue.record("the rotation is not told")
            return
        }
        #expect(abs(next.seconds - wallClock.now.seconds - 90 * 86_400) < 600)
        #expect(try await inspect().rotation == .automatic(days: 90, next: next))
        #expect(kms.calls(.getKeyRotationStatus) == 2)
        wallClock.set(next)
        _ = try await inspect()
        #expect(kms.calls(.getKeyRotationStatus) == 3)
    }

    @Test(
        "Where rotation cannot be told there is a reason, and the rest of the inspection stands",
        arguments: [
            (FaultInjectingKMS.Fault.accessDenied("kms:GetKeyRotationStatus"), "kms:GetKeyRotationStatus"),
            (.notImplemented, "does not tell"), (.error(.init("UnknownOperationException", nil)), "does not tell"),
            (.missingField("KeyRotationEnabled"), "without a status"), (.throttled, "Rate exceeded"), (.close, "libcurl"),
        ]) func unknownRotation(_ fault: FaultInjectingKMS.Fault, _ words: String) async throws
    {
        kms.inject(.on(.getKeyRotationStatus), fault)
        let told = try await inspect()
        #expect(told.generation?.name == kms.generation(of: key) && told.failure == nil)
        guard case .unknown(let reason) = told.rotation else {
            Issue.record("\(told.rotation)")
            return
        }
        #expect(reason.contains(words))
    }

    @Test("What failed in passing is asked again after five minutes; a denial after an hour") func asksAgain() async throws {
        let denied = kms.createKey()
        kms.deny([.getKeyRotationStatus], on: denied)
        kms.inject(.on(.getKeyRotationStatus, key: key, times: 3), .throttled)
        _ = try await inspect()
        _ = try await inspect(denied)
        kms.deny([], on: denied)
        clock.advance(by: .seconds(301))
        #expect(try await inspect().rotation == .off)
        #expect(try await inspect(denied).rotation != .off)
        clock.advance(by: .seconds(3300))
        #expect(try await inspect(denied).rotation == .off)
    }

    @Test("Imported material and keys in a store of the customer's own are not rotated by AWS", arguments: ["EXTERNAL", "AWS_CLOUDHSM"])
    func notApplicable(_ origin: String) async throws {
        #expect(try await inspect(kms.createKey(origin: origin)).rotation == .notApplicable)
        #expect(kms.calls(.getKeyRotationStatus) == 0)
    }

    // MARK: The alias

    @Test("An alias that names another key now is told with both, in either form, and not followed") func retargeted() async throws {
        let other = kms.createKey()
        let arn = kms.setAlias("alias/pinned", to: key)
        for given in ["alias/pinned", arn] {
            kms.setAlias("alias/pinned", to: key)
            #expect(try await inspect(options: ["given": given]).warnings.isEmpty)
            kms.setAlias("alias/pinned", to: other)
            let told = try await inspect(options: ["given": given])
            #expect(told.generation?.name == kms.generation(of: key))
            #expect(told.warnings.count == 1)
            for words in [given, key, other] { #expect(told.warnings.first?.contains(words) == true) }
        }
    }

    @Test("An alias that is gone, or names a key that we may not see, is told; one that could not be looked at in passing is not")
    func unseenAlias() async throws {
        let other = kms.createKey()
        kms.setAlias("alias/pinned", to: other)
        kms.deny([.describeKey], on: other)
        #expect(try await inspect(options: ["given": "alias/pinned"]).warnings.first?.contains(other) == true)
        #expect(try await inspect(options: ["given": "alias/none"]).warnings.first?.contains("is gone") == true)
        kms.inject(.on(.describeKey, key: other), .throttled)
        #expect(try await inspect(options: ["given": "alias/pinned"]).warnings.isEmpty)
        #expect(try await inspect(options: ["given": key]).warnings.isEmpty)
    }
}

import EKMClient
import Foundation
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import ekmd

@Suite("Signs of life")
struct DaemonPulseTests {
    @Test("There is a sign of life when all have answered, and only then")
    func allAnswered() {
        var pulse = Pulse(members: ["a", "b"])
        #expect(pulse.next(.tick) == [.ask("a", round: 1), .ask("b", round: 1)])
        #expect(pulse.next(.answered("a", round: 1)) == [])
        #expect(pulse.next(.answered("a", round: 1)) == [])
        #expect(pulse.next(.answered("b", round: 1)) == [.signOfLife])
        #expect(pulse.next(.answered("b", round: 1)) == [])
        #expect(pulse.next(.tick) == [.ask("a", round: 2), .ask("b", round: 2)])
    }

    @Test("Who hangs withholds the sign of life, is told of once, and is forgiven when it answers")
    func hanging() {
        var pulse = Pulse(members: ["a", "b"])
        _ = pulse.next(.tick)
        _ = pulse.next(.answered("a", round: 1))
        #expect(pulse.next(.tick) == [.silent(["b"])])
        #expect(pulse.next(.tick) == [])
        #expect(pulse.next(.answered("b", round: 1)) == [.signOfLife])
        #expect(pulse.next(.tick) == [.ask("a", round: 2), .ask("b", round: 2)])
        // An answer to an old round proves nothing about now.
        #expect(pulse.next(.answered("a", round: 1)) == [])
    }

    @Test("A real queue that hangs withholds the sign of life until it goes on")
    func hangingQueue() async throws {
        let queue = DispatchQueue(label: "hanging")
        let gate = DispatchSemaphore(value: 0)
        let signs = Guarded(0)
        let silent = Guarded<[String]>([])
        let done = DispatchSemaphore(value: 0)
        let monitor = PulseMonitor(
            [
                .init(name: "fine") { answer in answer() },
                .init(name: "hanging") { answer in queue.async { answer() } },
            ],
            signOfLife: {
                signs.with { $0 += 1 }
                done.signal()
            }, silent: { names in silent.with { $0 = names } })
        queue.async { gate.wait() }
        monitor.tick()
        monitor.tick()
        #expect(signs.with { $0 } == 0)
        #expect(silent.with { $0 } == ["hanging"])
        gate.signal()
        #expect(try await blocking { done.wait(timeout: .now() + 5) } == .success)
        #expect(signs.with { $0 } == 1)
    }

    @Test("The watchdog hears of life while the daemon lives, and nothing while it is stopped")
    func watchdog() async throws {
        let daemon = try await DaemonFixture.start(environment: ["WATCHDOG_USEC": "300000"])
        #expect(try await daemon.manager.wait(until: { $0.count(of: "WATCHDOG=1") >= 3 }))
        kill(daemon.process.identifier, SIGSTOP)
        // What was under way when it stopped may still come.
        try await Task.sleep(for: .milliseconds(50))
        let heard = daemon.manager.count(of: "WATCHDOG=1")
        try await Task.sleep(for: .milliseconds(500))
        #expect(daemon.manager.count(of: "WATCHDOG=1") == heard)
        kill(daemon.process.identifier, SIGCONT)
        #expect(try await daemon.manager.wait(until: { $0.count(of: "WATCHDOG=1") > heard }))
    }

    @Test("Without a watchdog nobody is bothered")
    func noWatchdog() async throws {
        let daemon = try await DaemonFixture.start()
        #expect(try await daemon.stop() == .exited(0))
        #expect(daemon.manager.count(of: "WATCHDOG=1") == 0)
    }

    @Test("The status follows the environments, in words")
    func status() async throws {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        #expect(try await daemon.manager.wait(until: { $0.status == "1 environment: 1 available" }))
        _ = try await client.deleteEnvironment("acme/prod", confirmation: "acme/prod")
        #expect(try await daemon.manager.wait(until: { $0.status == "no environments yet" }))
    }

    @Test(
        "The summary counts states",
        arguments: [
            ([], "no environments yet"), ([.unproved], "1 environment: 1 unproved"),
            ([.revoked, .available, .unproved, .available], "4 environments: 2 available, 1 unproved, 1 revoked"),
        ] as [([EnvironmentView.State], String)])
    func summary(states: [EnvironmentView.State], text: String) {
        #expect(EnvironmentsSummary(Dictionary(states.map { ($0, 1) }, uniquingKeysWith: +)).text == text)
    }
}

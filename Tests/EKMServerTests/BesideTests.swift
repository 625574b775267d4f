import Bedrock
import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("What runs beside the event loops")
struct BesideTests {
    @Test("of one connection eight at a time; a lock overtakes them, and data of others never waits")
    func flood() async throws {
        try await withServer { server in
            var slow: [LiveEnvironment] = []
            for number in 0..<30 {
                let reference = MainKeyReference(kind: .aKMS, identifier: "arn:slow\(number)")
                slow.append(
                    try await server.hierarchies.environments.create(
                        EnvironmentName("slow/k\(number)"), reference: reference, material: nil))
            }
            try await server.create("acme/prod")
            let client = try await server.connect()
            let honest = try await server.connect()
            #expect(try await honest.ask(Requests.encrypt([1], in: "acme/prod")).code == nil)
            let names = slow.map(\.identity.name)
            for name in names { server.mainKeys.holdInspections(name) }
            func held() -> Int { names.reduce(0) { $0 + server.mainKeys.heldInspections($1) } }
            try await client.send(
                names.enumerated().flatMap { Requests.named(.showMainKey, $1.description, id: UInt32($0 + 1)) })
            while held() < 8 { await Task.yield() }
            #expect(try await honest.ask(Requests.encrypt([1], in: "acme/prod")).code == nil)
            // From the very connection that floods.
            let locked = try await client.ask(Requests.lock("acme/prod", reason: "a leak", id: 31))
            #expect(locked.code == nil && locked.header.operation == .lockEnvironment)
            #expect(held() == 8)
            for name in names { server.mainKeys.release(name) }
            #expect(Set(try await client.receive(30).map(\.header.requestID)) == Set(1...30))
        }
    }

    @Test("what a client that goes away has not begun, never begins")
    func gone() async throws {
        try await withServer { server in
            let slow = try await server.hierarchies.environments.create(
                EnvironmentName("slow/kms"), reference: MainKeyReference(kind: .aKMS, identifier: "arn:slow"), material: nil)
            server.mainKeys.holdInspections(slow.identity.name)
            do {
                let client = try await server.connect()
                try await client.send((1...100).flatMap { Requests.named(.showMainKey, "slow/kms", id: UInt32($0)) })
                while server.mainKeys.heldInspections(slow.identity.name) == 0 { await Task.yield() }
            }
            while server.server.connections > 0 { await Task.yield() }
            server.mainKeys.release(slow.identity.name)
            let other = try await server.connect()
            #expect(try await other.ask(Requests.named(.showMainKey, "slow/kms")).code == nil)
        }
    }
}

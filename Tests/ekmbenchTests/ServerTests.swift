import EKMWire
import TestSupport
import Testing

@testable import ekmbench

@Suite("The bare servers") struct ServerTests {
    @Test("answer all that ekmd answers, with as many bytes", arguments: BenchOperation.allCases)
    func sameLengths(_ operation: BenchOperation) throws {
        let scratch = try Scratch()
        let servers = try PerContender { (contender) throws(Failure) in try ServerProcess(contender, in: scratch, on: nil) }
        try servers.ekmd.createEnvironment()
        for size in operation.hasPayload ? [1, 64, 256, 70_000, 512 << 10] : [0] {
            let cell = Cell(operation, size, depth: 3, keys: 2)
            let lengths = try PerContender { (contender) throws(Failure) in
                let frames = try Requests(cell: cell).frames(for: servers[contender])
                let first = Array(frames.bytes.prefix(frames.frameSize))
                return [frames.frameSize, frames.answerSize, try servers[contender].connect(for: operation).call(first).count]
            }
            #expect(lengths.floor == lengths.ekmd && lengths.suite == lengths.ekmd, "\(size) bytes")
            // The fields stand behind the length, the header, the status and the seconds.
            #expect(lengths.ekmd[1] == lengths.ekmd[2] + 18)
        }
    }

    @Test("close the connection on what no benchmark sends")
    func refused() throws {
        let scratch = try Scratch()
        let server = try ServerProcess(.suite, in: scratch, on: nil)
        let connection = try server.connect(for: .ping)
        #expect(throws: Failure.self) { try connection.call([0, 0, 0, 8, 0, 99, 0, 0, 0, 0, 0, 1]) }
        #expect(try server.connect(for: .ping).call([0, 0, 0, 8, 0, 2, 0, 0, 0, 0, 0, 1]) == [])
    }
}

import Foundation
import TestSupport
import Testing

@Suite("A child process")
struct ChildProcessTests {
    @Test("What a program is given, says and ends with is told")
    func command() async throws {
        let command = try await Command.run(
            ["sh", "-c", "cat; pwd; echo $WORD >&2; exit 3"], environment: ["PATH": "/usr/bin:/bin", "WORD": "heard"], directory: "/",
            input: Array("in\n".utf8))
        #expect(command.ending == .exited(3))
        #expect(command.text == "in\n/\n")
        #expect(command.errors == "heard\n")
    }

    @Test("A signal that ended it is told, and its whole group goes with it")
    func group() async throws {
        let folder = try TemporaryDirectory()
        let process = try ChildProcess(["sh", "-c", "sleep 1000 & echo $!; wait"], output: folder.file("out"))
        var grandchild: Int32?
        let deadline = ContinuousClock.now + .seconds(10)
        while grandchild == nil && ContinuousClock.now < deadline {
            grandchild = Int32((try? String(contentsOfFile: folder.file("out"), encoding: .utf8))?.dropLast() ?? "")
            await Task.yield()
        }
        process.stop(grace: .zero)
        #expect(process.state == .signalled(SIGKILL))
        let survivor = try #require(grandchild)
        while kill(survivor, 0) == 0, ContinuousClock.now < deadline {
            let state = try? String(contentsOfFile: "/proc/\(survivor)/stat", encoding: .utf8)
            if state == nil || state?.contains(") Z ") == true { return }
            await Task.yield()
        }
        #expect(kill(survivor, 0) != 0)
    }
}

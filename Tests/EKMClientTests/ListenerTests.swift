import Foundation
import Testing

@testable import EKMClient

@Suite("Who may be given plaintext")
struct ListenerTests {
    @Test("root, this user, who was named, and whom root gave the socket's directory")
    func trusted() {
        let nowhere = "/tmp/nobody/ekmd.sock"
        #expect(Listener(user: 0).isTrusted(by: 5, named: nil, path: nowhere))
        #expect(Listener(user: 5).isTrusted(by: 5, named: nil, path: nowhere))
        #expect(Listener(user: 6).isTrusted(by: 5, named: 6, path: nowhere))
        for named in [nil, 7] as [UInt32?] { #expect(!Listener(user: 6).isTrusted(by: 5, named: named, path: nowhere)) }
        #expect(!Listener(user: 6).isTrusted(by: 0, named: nil, path: nowhere), "root as well")
    }

    @Test("a directory's owner counts only where all above it is root's, and nobody else may write")
    func keeper() throws {
        #expect(Listener.keeper(of: "/usr/bin/ekmd.sock") == 0)
        for path in ["/tmp/ekmd.sock", "/ekmd.sock", "/nowhere/ekmd.sock"] { #expect(Listener.keeper(of: path) == nil) }
        guard geteuid() == 0 else { return }
        let place = "/run/ekmd-listener-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(atPath: "\(place)/open/inner", withIntermediateDirectories: true)
        for directory in [place, "\(place)/open", "\(place)/open/inner"] { chmod(directory, 0o755) }
        chown(place, 6, 6)
        #expect(Listener.keeper(of: "\(place)/sock") == 6)
        #expect(Listener.keeper(of: "\(place)/open/sock") == nil, "what is above is not root's")
        chown(place, 0, 0)
        chown("\(place)/open", 6, 6)
        #expect(Listener.keeper(of: "\(place)/open/sock") == 6)
        chmod("\(place)/open", 0o775)
        #expect(Listener.keeper(of: "\(place)/open/sock") == nil, "its group may write")
        symlink("\(place)/open", "\(place)/link")
        chmod("\(place)/open", 0o755)
        #expect(Listener.keeper(of: "\(place)/link/sock") == 6, "by what the path means")
    }
}

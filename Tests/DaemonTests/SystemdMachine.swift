import Foundation
import TestSupport

/// A real systemd as PID 1, booted in a container over this machine's own tree: an overlay whose upper layer is in memory, so that
/// nothing of the machine is changed. Stopped when the last reference goes.
final class SystemdMachine: Sendable {
    /// Where control groups are made: one of the hierarchies of this machine each.
    private static let trees = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"]

    private let name: String
    private let directory: TemporaryDirectory
    private let process: ChildProcess
    private let leader: Int32

    /// Why no machine can be booted here; nil where one can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "booting a systemd needs root" }
        let found = try? Command.runBlocking(["sh", "-c", "command -v systemd-nspawn unshare nsenter"])
        guard found?.succeeded == true else { return "booting a systemd needs Debian's systemd-container" }
        let probe = try? Command.runBlocking([
            "unshare", "-m", "sh", "-c",
            "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r",
        ])
        guard probe?.succeeded == true else { return "booting a systemd needs the right to mount" }
        let libraries = try? Command.runBlocking(["ldd", Executables.path(of: "ekmd")])
        guard let libraries = libraries?.text, !libraries.contains("=> /home/"), !libraries.contains("=> /root/") else {
            return "the Swift runtime lies in a home, which the unit hides from the service"
        }
        let sanitized = try? Command.runBlocking(["grep", "-q", "-e", "__asan_init", "-e", "__tsan_init", Executables.path(of: "ekmd")])
        guard sanitized?.succeeded == false else { return "a sanitizer does not live in the unit's sandbox" }
        return nil
    }()

    /// - Parameter files: what is bound into the machine, read-only: a path there for each path here.
    static func boot(files: [(here: String, there: String)]) async throws -> SystemdMachine {
        try await blocking { try SystemdMachine(files) }
    }

    private init(_ files: [(here: String, there: String)]) throws {
        directory = try TemporaryDirectory()
        name = "ekmd-\(getpid())"
        let binds = files.map { "--bind-ro=\($0.here):\($0.there)" }.joined(separator: " ")
        let script = #"""
            set -e
            for tree in $TREES; do
                if [ -e "$tree/cgroup.procs" ]; then mkdir -p "$tree/$NAME" && echo $$ >"$tree/$NAME/cgroup.procs"; fi
            done
            mount --make-rprivate /
            mount -t tmpfs tmpfs "$STATE"
            mkdir -p "$STATE/upper" "$STATE/work" "$STATE/root"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$STATE/upper,workdir=$STATE/work" "$STATE/root"
            rm -f "$STATE/root/etc/machine-id" "$STATE/root/etc/fstab"
            : >"$STATE/root/etc/machine-id"
            : >"$STATE/root/etc/fstab"
            rm -rf "$STATE"/root/etc/systemd/system/*.wants "$STATE/root/etc/ekmd" "$STATE/root/var/lib/ekmd"
            exec systemd-nspawn --quiet --register=no --keep-unit --boot -D "$STATE/root" --machine="$NAME" --private-network \
                --capability=CAP_IPC_LOCK,CAP_SYS_RESOURCE --console=pipe --link-journal=no --resolv-conf=off --timezone=off \
                $BINDS systemd.unit=multi-user.target
            """#
        try script.write(toFile: directory.file("inside"), atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(atPath: directory.file("machine"), withIntermediateDirectories: false)
        let environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "NAME": name, "STATE": directory.file("machine"), "BINDS": binds,
            "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1", "TREES": Self.trees.joined(separator: " "),
        ]
        let process = try ChildProcess(
            ["unshare", "-m", "bash", directory.file("inside")], environment: environment, output: directory.file("console"))
        self.process = process
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if let leader = Self.leader(of: process.identifier), Self.isUp(leader) {
                self.leader = leader
                return
            }
            guard process.state == nil, ContinuousClock.now < deadline else {
                let console = (try? String(contentsOfFile: directory.file("console"), encoding: .utf8)) ?? ""
                throw ProcessFailure("systemd did not boot: \(console.suffix(2000))")
            }
            usleep(50_000)
        }
    }

    /// The machine's PID 1, as this machine numbers it: a child of systemd-nspawn.
    private static func leader(of parent: Int32) -> Int32? {
        let children = try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
        return children?.split(separator: " ").last.flatMap { Int32($0) }
    }

    private static func isUp(_ leader: Int32) -> Bool {
        let state = try? Command.runBlocking(["nsenter", "-t", "\(leader)", "-a", "systemctl", "is-system-running"])
        return ["running", "degraded"].contains(state?.text.trimmingCharacters(in: .whitespacesAndNewlines) ?? "")
    }

    /// Runs a shell script as the machine's root.
    func run(_ script: String) async throws -> Command {
        try await Command.run(["nsenter", "-t", "\(leader)", "-a", "/bin/sh", "-c", script], timeout: .seconds(60))
    }

    deinit {
        // SIGRTMIN+4 asks systemd to power off.
        kill(leader, 38)
        _ = process.waitBlocking(timeout: .seconds(10))
        process.stop(grace: .zero)
        let groups = Self.trees.map { "\($0)/\(name)" }
        _ = try? Command.runBlocking(["find"] + groups + ["-depth", "-type", "d", "-exec", "rmdir", "{}", ";"])
    }
}

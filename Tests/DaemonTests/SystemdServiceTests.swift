import EKMClient
import Foundation
import TestSupport
import Testing

/// The units on a systemd of their own. Needs root and Debian's systemd-container; says so where these are missing.
@Suite("Under a real systemd", .serialized, .enabled(if: SystemdMachine.obstacle == nil, "\(SystemdMachine.obstacle ?? "")"))
struct SystemdServiceTests {
    private static func boot() async throws -> SystemdMachine {
        let systemd = RepositoryRoot.path + "/systemd"
        let machine = try await SystemdMachine.boot(files: [
            (Executables.path(of: "ekmd"), "/usr/bin/ekmd"), (Executables.path(of: "ekmctl"), "/usr/bin/ekmctl"),
            ("\(systemd)/ekmd.service", "/etc/systemd/system/ekmd.service"), ("\(systemd)/ekmd.socket", "/etc/systemd/system/ekmd.socket"),
            ("\(systemd)/ekmd.sysusers", "/etc/sysusers.d/ekmd.conf"),
        ])
        let setUp = try await machine.run(
            """
            set -e
            systemd-sysusers
            mkdir -p /etc/ekmd
            (umask 077; openssl rand -base64 32 >/etc/ekmd/root.key)
            cat >/etc/ekmd/ekmd.yaml <<'END'
            root_key: { credential: ekmd.root }
            grants: [{ user: root, environments: ["*"], allow: [encrypt, decrypt, admin, status] }]
            END
            systemctl daemon-reload
            """)
        try #require(setUp.succeeded, "\(setUp.errors)")
        return machine
    }

    private func property(_ name: String, on machine: SystemdMachine) async throws -> String {
        try await machine.run("systemctl show ekmd.service --value -p \(name)").text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("The service starts when it is ready, serves, tells its status, reloads, and stops")
    func service() async throws {
        let machine = try await Self.boot()
        let start = try await machine.run("systemctl start ekmd.service")
        let said = try await machine.run("journalctl -u ekmd.service -o cat --no-pager").text
        try #require(start.succeeded, "\(said)")
        // `systemctl start` returned, so READY=1 came: the socket answers now.
        let demo = try await machine.run(
            """
            set -e
            export EKM_SOCKET=/run/ekmd/ekmd.sock
            ekmctl env create acme/prod >/dev/null
            echo datum | ekmctl encrypt acme/prod --job 1 | ekmctl decrypt
            """)
        #expect(demo.text == "datum\n", "\(demo.errors)")
        #expect(try await machine.run("stat -c %a:%U:%G /var/lib/ekmd /run/ekmd").text == "700:ekmd:ekm\n755:ekmd:ekm\n")
        let pid = try await property("MainPID", on: machine)
        let status = try await machine.run("grep -E '^(NoNewPrivs|Seccomp):' /proc/\(pid)/status; grep 'core file' /proc/\(pid)/limits")
            .text
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(status.contains("Seccomp:\t2"))
        // Another user's process sees nothing of it, not even its environment.
        #expect(try await !machine.run("setpriv --reuid=ekmd --clear-groups cat /proc/\(pid)/environ").succeeded)

        _ = try await machine.run("echo 'lgo: {}' >>/etc/ekmd/ekmd.yaml")
        #expect(try await machine.run("systemctl reload ekmd.service").succeeded)
        #expect(try await property("StatusText", on: machine).hasSuffix("1 warning, see the log"))
        let journal = try await machine.run("journalctl -u ekmd.service -o cat -p err --no-pager").text
        #expect(journal.contains("/etc/ekmd/ekmd.yaml:3:1: unknown key 'lgo'"))
        #expect(try await property("ActiveState", on: machine) == "active")
        #expect(try await machine.run("systemctl stop ekmd.service").succeeded)
        #expect(try await property("ExecMainStatus", on: machine) == "0")
        #expect(try await property("Result", on: machine) == "success")
    }

    @Test("A crash restarts it, and nothing of it reaches a core file")
    func restart() async throws {
        let machine = try await Self.boot()
        try #require(try await machine.run("systemctl start ekmd.service").succeeded)
        let pid = try await property("MainPID", on: machine)
        #expect(try await machine.run("kill -SEGV \(pid)").succeeded)
        let back = try await machine.run(
            "for i in $(seq 100); do sleep 0.1; [ $(systemctl show ekmd -p NRestarts --value) = 1 ] && systemctl is-active --quiet ekmd && exit 0; done; exit 1"
        )
        #expect(back.succeeded)
        #expect(try await property("MainPID", on: machine) != pid)
        #expect(try await machine.run("journalctl -u ekmd.service -o cat --no-pager").text.contains("dumped core") == false)
    }

    @Test("With the socket unit the first connection starts it, the socket stays over a restart, and only its group may connect")
    func activation() async throws {
        let machine = try await Self.boot()
        try #require(try await machine.run("systemctl start ekmd.socket").succeeded)
        #expect(try await property("ActiveState", on: machine) == "inactive")
        let create = try await machine.run("EKM_SOCKET=/run/ekmd/ekmd.sock ekmctl env create acme/prod")
        #expect(create.succeeded, "\(create.errors)")
        #expect(try await property("ActiveState", on: machine) == "active")
        #expect(try await machine.run("systemctl restart ekmd.service && stat -c %a:%G /run/ekmd/ekmd.sock").text == "660:ekm\n")
        #expect(try await machine.run("EKM_SOCKET=/run/ekmd/ekmd.sock ekmctl env list --json").text.contains("acme/prod"))
        let outsider = try await machine.run(
            "EKM_SOCKET=/run/ekmd/ekmd.sock setpriv --reuid=65534 --regid=65534 --clear-groups ekmctl env list")
        #expect(!outsider.succeeded)
        #expect(outsider.errors.contains("may not connect"))
    }
}

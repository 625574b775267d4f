import Glibc
import Testing

@testable import ServiceManager

/// Serialised: libsystemd reads the process's environment.
@Suite("Notifications to the service manager", .serialized)
struct NotificationTests {
    @Test(
        "Notifications are the protocol's assignments",
        arguments: [
            (ServiceNotification.ready, "READY=1"), (.stopping, "STOPPING=1"), (.watchdog, "WATCHDOG=1"),
            (.reloading(monotonicMicroseconds: 42), "RELOADING=1\nMONOTONIC_USEC=42"),
            (.extendTimeout(microseconds: 7), "EXTEND_TIMEOUT_USEC=7"), (.status("2 environments"), "STATUS=2 environments"),
        ])
    func assignments(notification: ServiceNotification, text: String) {
        #expect(notification.assignments == text)
    }

    @Test("A status cannot smuggle in another assignment")
    func statusWithNewline() {
        #expect(ServiceNotification.status("fine\nMAINPID=1\r\nREADY=1").assignments == "STATUS=fine MAINPID=1 READY=1")
    }

    @Test("What is sent together arrives as one datagram")
    func oneDatagram() throws {
        let manager = try NotifySocket()
        defer { manager.forget() }
        #expect(try ServiceNotifier().send(.ready, .status("up")))
        #expect(manager.receive() == "READY=1\nSTATUS=up")
    }

    @Test("Where no manager listens, nothing is sent and nothing fails")
    func noManager() throws {
        unsetenv("NOTIFY_SOCKET")
        #expect(try ServiceNotifier().send(.ready) == false)
    }

    @Test("A manager that is gone is an error that says so")
    func managerGone() throws {
        setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        do {
            try ServiceNotifier().send(.ready)
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.code == .notification)
            #expect(error.message.contains("$NOTIFY_SOCKET"))
        }
    }

    @Test("The watchdog's interval is the environment's, for this process alone")
    func watchdog() {
        defer {
            unsetenv("WATCHDOG_USEC")
            unsetenv("WATCHDOG_PID")
        }
        #expect(WatchdogInterval() == nil)
        setenv("WATCHDOG_USEC", "30000000", 1)
        #expect(WatchdogInterval() == WatchdogInterval(microseconds: 30_000_000))
        #expect(WatchdogInterval()?.period == .seconds(10))
        setenv("WATCHDOG_PID", "1", 1)
        #expect(WatchdogInterval() == nil)
    }

    @Test("Without socket activation no socket was passed")
    func nothingPassed() throws {
        unsetenv("LISTEN_FDS")
        let isPassed = try ListenSocket.passed() != nil
        #expect(!isPassed)
    }

    @Test("More than one passed socket is refused")
    func twoPassed() {
        setenv("LISTEN_PID", "\(getpid())", 1)
        setenv("LISTEN_FDS", "2", 1)
        #expect(throws: ServiceManagerError.self) { _ = try ListenSocket.passed() != nil }
    }

    @Test("Credentials are files of the directory, and names that would leave it are refused")
    func credentials() throws {
        let directory = CredentialsDirectory(path: "/run/credentials/ekmd.service")
        #expect(try directory.file(named: "ekmd.root") == "/run/credentials/ekmd.service/ekmd.root")
        for name in ["", ".", "..", "a/b", "../x", "a\nb", String(repeating: "x", count: 256)] {
            #expect(throws: ServiceManagerError.self) { try directory.file(named: name) }
        }
        unsetenv("CREDENTIALS_DIRECTORY")
        #expect(CredentialsDirectory() == nil)
    }
}

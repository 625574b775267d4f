import Foundation
import TestSupport
import Testing

@Suite("ekmctl gives plaintext to no stranger's socket", .enabled(if: geteuid() == 0, "taking another user's place needs root"))
struct CLIListenerTests {
    /// Listens as another user, and says how many bytes it was sent.
    static let stranger = """
        use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Local => "sock", Listen => 9) or die; chmod 0777, "sock";
        alarm 30; open my $f, ">", "listening"; close $f;
        my $n = 0; while (my $c = $s->accept) { my $b; $n += sysread($c, $b, 65536); open my $g, ">", "bytes"; print $g $n; close $g }
        """

    @Test("where somebody else listens, unless it is said that he may; nor where su has left another user's directory")
    func stranger() async throws {
        let cli = try await CLI()
        let script = """
            chmod 755 .; mkdir -p theirs/ekmd; chown -R 12345 theirs; cd theirs/ekmd
            setpriv --reuid=12345 --clear-groups perl -e '\(Self.stranger)' & listener=$!
            for i in $(seq 200); do [ -e listening ] && break; sleep 0.05; done
            echo secret | $EKMCTL --socket "$PWD/sock" encrypt acme/prod --log; echo "$?"
            for i in $(seq 200); do [ -s bytes ] && break; sleep 0.05; done
            [ -e bytes ] && cat bytes && echo || echo none
            mv sock ekmd.sock
            env -u EKM_SOCKET XDG_RUNTIME_DIR="${PWD%/ekmd}" $EKMCTL status >/dev/null 2>own; grep -c "$PWD" own
            EKM_SOCKET_USER=12345 timeout 2 $EKMCTL --socket "$PWD/ekmd.sock" encrypt acme/prod --log </dev/null >/dev/null 2>&1
            for i in $(seq 200); do [ "$(cat bytes)" != 0 ] && break; sleep 0.05; done
            [ "$(cat bytes)" != 0 ] && echo some
            kill $listener
            """
        let command = try await cli.shell(script)
        let lines = command.text.split(separator: "\n").map(String.init)
        #expect(lines == ["77", "0", "0", "some"], "\(lines) \(command.errors)")
        #expect(command.errors.contains("User 12345 listens on"), "\(command.errors)")
        #expect(command.errors.contains("EKM_SOCKET_USER=12345"), "\(command.errors)")
    }
}

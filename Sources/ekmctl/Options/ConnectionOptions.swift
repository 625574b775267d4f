import ArgumentParser
import EKMClient

/// What all commands take: where the daemon is, and whether a program reads the output.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's socket, instead of EKM_SOCKET.", valueName: "path"))
    var socket: String?

    @Flag(help: "Print JSON.")
    var json = false

    var socketPath: String { socket ?? SocketPath.current }

    /// A client that connects with its first call.
    func client() -> EKMClient { EKMClient(socketPath: socketPath, options: ClientOptions(name: "ekmctl")) }

    /// Calls the daemon, and says how to reach it where it cannot be reached.
    func call<Value: ~Copyable>(_ body: () throws(EKMClientError) -> Value) throws(Failure) -> Value {
        do { return try body() } catch { throw Failure(error, socket: socketPath) }
    }
}

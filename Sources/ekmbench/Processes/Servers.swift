import EKMWire

/// The daemon and the two bare servers, all running: whoever is not asked sleeps.
struct Servers {
    let cores: Cores
    private let processes: PerContender<ServerProcess>

    init(in scratch: Scratch, on cores: Cores, countingAllocations: Bool = false) throws(Failure) {
        self.cores = cores
        processes = try PerContender { (contender) throws(Failure) in
            try ServerProcess(contender, in: scratch, on: cores.server, countsAllocations: countingAllocations)
        }
        try processes.ekmd.createEnvironment()
    }

    /// Nanoseconds of CPU time that all of them have used.
    var cpu: UInt64 { Contender.allCases.reduce(0) { $0 + processes[$1].usage.cpu } }

    subscript(contender: Contender) -> ServerProcess { processes[contender] }
}

extension ServerProcess {
    /// The environment of all requests, under a managed key: no KMS is measured.
    func createEnvironment() throws(Failure) {
        var frame: [UInt8] = []
        do throws(WireError) {
            try CreateEnvironmentRequest.encodeManaged(environment: Requests.environment, into: &frame, requestID: 1)
        } catch { throw .wire(error) }
        _ = try connect(for: .ping).call(frame)
    }
}

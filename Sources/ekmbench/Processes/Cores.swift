import CBench

/// Which cores the two sides use: one each, so that neither takes the other's time, and all servers get the same.
struct Cores: Codable, Sendable {
    /// Nil where there is only one, which both share.
    let client: Int32?
    let server: Int32?

    /// Takes two of those that this process may use, and stays on the first.
    static func divide() -> Cores {
        var all = [Int32](repeating: 0, count: 1024)
        let count = Int(unsafe ekm_cpus(&all, Int32(all.count)))
        guard count >= 2, ekm_pin(all[0]) == 0 else { return Cores(client: nil, server: nil) }
        return Cores(client: all[0], server: all[count - 1])
    }

    var areApart: Bool { client != nil }

    var text: String {
        guard let client, let server else { return "client and servers share one core" }
        return "client on core \(client), servers on core \(server)"
    }
}

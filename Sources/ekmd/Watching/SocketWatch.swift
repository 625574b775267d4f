import EKMServer
import Logging

/// Says once what keeps clients from connecting, and once that it is over.
struct SocketWatch {
    private let path: String
    private let isOwn: Bool
    private let logger: Logger
    private var standing = SocketStanding.stands
    private var turnedAway = 0
    private var isShort = false

    init(path: String, isOwn: Bool, logger: Logger) {
        self.path = path
        self.isOwn = isOwn
        self.logger = logger
    }

    /// What an operator should look at now.
    /// - Parameter turnedAway: how many clients found no descriptor since the start.
    mutating func look(_ seen: SocketStanding, turnedAway: Int) -> [String] {
        let (was, before, wasShort) = (standing, self.turnedAway, isShort)
        (standing, self.turnedAway, isShort) = (seen, turnedAway, turnedAway > before)
        switch seen {
        case .madeAgain: logger.warning("the socket \(path) was taken away from outside, and was made again")
        case .gone where was != .gone, .replaced where was != .replaced: logger.error("\(sentence(seen))")
        case .stands where was == .gone || was == .replaced: logger.notice("clients find the socket \(path) again")
        case .stands, .gone, .replaced: break
        }
        if isShort, !wasShort { logger.error("no file descriptor is left: clients are turned away (\(turnedAway) since the start)") }
        if wasShort, !isShort {
            logger.notice("there are file descriptors for clients again; \(turnedAway) were turned away since the start")
        }
        var warnings: [String] = []
        if seen == .gone || seen == .replaced { warnings.append(sentence(seen)) }
        if isShort {
            warnings.append("No file descriptor is left for clients; raise LimitNOFILE= of the unit, or lower limits.connections.")
        }
        return warnings
    }

    private func sentence(_ standing: SocketStanding) -> String {
        if standing == .replaced {
            return "Something else stands where the socket \(path) stood: new clients do not find this ekmd. "
                + "Take it away: ekmd makes its own again."
        }
        return isOwn
            ? "The socket \(path) is gone and cannot be made again: new clients do not find ekmd. Look at its directory."
            : "The socket \(path) is gone: new clients do not find ekmd. Restart the socket's unit: systemctl restart ekmd.socket"
    }
}

/// How long keys are kept after they encrypted for the last time; nil: for ever.
package struct Retention: Hashable, Sendable {
    /// Of hourly keys, counted from the end of their hour.
    package var hours: Duration?
    /// Of versions of the log key that a newer one followed, counted from then.
    package var logs: Duration?
    /// What follows it, and when.
    package var next: Next?

    package init(hours: Duration? = nil, logs: Duration? = nil, next: Next? = nil) {
        self.hours = hours
        self.logs = logs
        self.next = next
    }
}

extension Retention {
    /// A shorter retention, which waits for its time: what it takes does not come back.
    package struct Next: Hashable, Sendable {
        package var hours: Duration?
        package var logs: Duration?
        package var from: WallTime

        package init(hours: Duration?, logs: Duration?, from: WallTime) {
            self.hours = hours
            self.logs = logs
            self.from = from
        }
    }

    /// How long what shortens a retention waits.
    package static let notice = Duration.seconds(86_400)

    /// What holds at that time, and what is still to follow.
    package func inForce(at now: WallTime) -> Self {
        guard let next, now >= next.from else { return self }
        return Self(hours: next.hours, logs: next.logs)
    }

    /// What was asked for last, in force or not.
    package var asked: Self { next.map { Self(hours: $0.hours, logs: $0.logs) } ?? Self(hours: hours, logs: logs) }

    /// The retention once `asked` is asked for: what prolongs it holds at once, what shortens it once it was due for a while.
    /// - Parameter atOnce: Whether all of it holds at once.
    package func changed(to asked: Self, at now: WallTime, atOnce: Bool) -> Self {
        let current = inForce(at: now)
        var changed = Self(hours: Self.longer(current.hours, asked.hours), logs: Self.longer(current.logs, asked.logs))
        if atOnce || changed == asked { return asked }
        // Who asks again for what waits already does not put it off.
        let from = current.next.flatMap { current.asked == asked ? $0.from : nil } ?? now.advanced(by: Self.notice)
        changed.next = Next(hours: asked.hours, logs: asked.logs, from: from)
        return changed
    }

    private static func longer(_ a: Duration?, _ b: Duration?) -> Duration? {
        guard let a, let b else { return nil }
        return max(a, b)
    }
}

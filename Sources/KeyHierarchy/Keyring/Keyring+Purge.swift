internal import Cryptography

extension Keyring {
    /// Between two attempts: each may hold the store's writer for seconds while another program reads the file.
    package static let purgeInterval = Duration.seconds(60)

    /// What stands in the log of the store's file still, and when that is looked at again.
    struct Purge: Sendable {
        var due: PurgeDue
        var nextAttempt: BootInstant
        /// How many changes wait for it.
        var changes = 1
    }

    /// What was destroyed, and is not out of the store's file and log yet; nil where everything is.
    package var purgeDue: PurgeDue? { purge.withLock { $0?.due } }

    /// Does what destroys something in the store. What is committed is done, whether or not its bytes are gone yet.
    /// - Returns: nil where they are.
    func destroy(_ change: (any KeyStore) async throws(KeyStoreError) -> Void) async throws(KeyStoreError) -> PurgeDue? {
        do throws(KeyStoreError) {
            try await change(store)
            return nil
        } catch {
            guard error.code == .notPurged else { throw error }
            let due = PurgeDue(since: wallClock.now, reason: error.description)
            let nextAttempt = clock.now.advanced(by: Self.purgeInterval)
            purge.withLock { purge in
                let earlier = purge
                purge = Purge(due: due, nextAttempt: nextAttempt)
                guard let earlier else { return }
                purge?.due.since = earlier.due.since
                purge?.changes += earlier.changes
            }
            return due
        }
    }

    /// Tries again to get what was destroyed out of the store's file and log, once that is due.
    func resumePurge() async {
        let now = clock.now
        let begun: Purge? = purge.withLock { purge in
            guard let due = purge, now >= due.nextAttempt else { return nil }
            purge?.nextAttempt = now.advanced(by: Self.purgeInterval)
            return due
        }
        guard let begun else { return }
        do throws(KeyStoreError) { try await store.purgeLog() } catch { return }
        // What was destroyed while the log was emptied may have missed it.
        let isDone = purge.withLock { purge in
            guard purge?.changes == begun.changes else { return false }
            purge = nil
            return true
        }
        if isDone { tell(.purged(since: begun.due.since)) }
    }
}

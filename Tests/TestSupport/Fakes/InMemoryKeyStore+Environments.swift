package import KeyHierarchy

extension InMemoryKeyStore {
    package func environments() async throws(KeyStoreError) -> [EnvironmentRecord] {
        try await reading("environments") { contents in
            contents.environments.values.map { environment in
                var record = contents.resolved(environment.record)
                record.isSweepDue = !environment.retired.isEmpty
                return record
            }.sorted { $0.identity.name < $1.identity.name }
        }
    }

    package func environment(_ id: EnvironmentID) async throws(KeyStoreError) -> EnvironmentRecord? {
        try await reading("environment") { contents in contents.environments[id].map { contents.resolved($0.record) } }
    }

    package func create(_ environment: EnvironmentRecord) async throws(KeyStoreError) {
        try environment.check()
        try await writing("create") { contents throws(KeyStoreError) in
            guard contents.names[environment.identity.name] == nil else {
                throw KeyStoreError(.exists, "The name is taken.", remedy: "Choose another.")
            }
            var record = environment
            record.revision = .first
            record.mainKey = contents.numbered(record.mainKey)
            record.formerMainKeys = record.formerMainKeys.map { contents.numbered($0) }
            if let pending = record.pending { record.pending?.record = contents.numbered(pending.record) }
            if let replacedAt = record.replacedAt { record.replacedAt = contents.numbered(replacedAt) }
            contents.names[record.identity.name] = record.identity.id
            contents.environments[record.identity.id] = Environment(record)
            contents.tell(record.identity.id, .first)
        }
    }

    package func feed(after number: UInt64, limit: Int) async throws(KeyStoreError) -> [FeedEntry] {
        try await reading("feed") { contents in
            var (low, high) = (0, contents.feed.count)
            while low < high {
                let middle = (low + high) / 2
                if contents.feed[middle].number <= number { low = middle + 1 } else { high = middle }
            }
            var entries: [FeedEntry] = []
            for entry in contents.feed[low...] where contents.lastChange[entry.environment] == entry.number {
                guard entries.count < limit else { break }
                entries.append(entry)
            }
            return entries
        }
    }

    package func overview(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentOverview? {
        try await reading("overview") { contents in
            guard let held = contents.environments[environment] else { return nil }
            let census = held.record.versions.sorted { $0.version < $1.version }.map { version in
                CensusEntry(
                    version: version.version, mainKey: version.mainKey, generation: version.generation,
                    keys: held.census[version.version] ?? 0)
            }
            return EnvironmentOverview(record: contents.resolved(held.record), census: census, contents: held.contents)
        }
    }

    package func contents(of environment: EnvironmentID) async throws(KeyStoreError) -> EnvironmentContents {
        try await reading("contents") { $0.environments[environment]?.contents ?? EnvironmentContents() }
    }

    /// What is deleted here is gone at once.
    package func continueDeletions(limit: Int) async throws(KeyStoreError) -> Sweep {
        try await writing("continueDeletions") { _ in .idle }
    }

    // MARK: The clock

    package func clockTick() async throws(KeyStoreError) -> ClockTick? { try await reading("clockTick") { $0.tick } }

    package func keep(_ tick: ClockTick) async throws(KeyStoreError) { try await writing("keep") { $0.tick = tick } }

    package func endDoubt(at now: WallTime) async throws(KeyStoreError) {
        try await writing("endDoubt") { contents in
            guard let number = contents.openDoubt else { return }
            contents.doubts[Int(number) - 1] = now
        }
    }
}

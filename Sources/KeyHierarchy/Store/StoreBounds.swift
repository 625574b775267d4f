/// What no store takes: refused before anything is written.
extension EnvironmentChange {
    /// - Throws: `KeyStoreError` with `.failed`.
    package func check() throws(KeyStoreError) {
        switch self {
        case .adopt(let adoption):
            try adoption.environmentKey.check()
            try adoption.mainKey?.check()
        case .rewrap(let key): try key.check()
        case .setPending(let pending): try pending?.record.check()
        case .setMaterial(let sealed, of: _): try KeyStoreError.require(sealed?.count ?? 0, in: 0...4096, "sealed material")
        case .lock(let lock): try lock.check()
        case .erase(let erasure):
            if case .connection(let connection) = erasure.subject { try connection.check() }
        case .unlock, .setRetention, .setRepackState, .finishRepack, .cancelRepack, .delete: break
        }
    }
}

extension EnvironmentRecord {
    /// - Throws: `KeyStoreError` with `.failed`.
    package func check() throws(KeyStoreError) {
        for mainKey in mainKeys { try mainKey.check() }
        try pending?.record.check()
        for version in versions { try version.check() }
        for lock in locks { try lock.check() }
        guard locks.count <= EnvironmentLock.most else { throw .tooManyLocks }
    }
}

extension KeyRecord {
    /// - Throws: `KeyStoreError` with `.failed`.
    package func check() throws(KeyStoreError) {
        if case .connection(let connection, version: _) = purpose { try connection.check() }
        for wrap in wraps { try KeyStoreError.require(wrap.bytes.count, in: 0...65_536, "a wrap") }
    }
}

extension EnvironmentLock {
    fileprivate func check() throws(KeyStoreError) {
        try KeyStoreError.require(reason.utf8.count, in: 1...Self.longestReason, "a lock's reason")
        guard reason.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw KeyStoreError(.failed, "A lock's reason holds a control character.", remedy: "Take it out, then try again.")
        }
    }
}

extension ConnectionID {
    fileprivate func check() throws(KeyStoreError) { try KeyStoreError.require(bytes.count, in: Self.byteCounts, "a connection's id") }
}

extension MainKeyRecord {
    fileprivate func check() throws(KeyStoreError) {
        try KeyStoreError.require(reference.kind.rawValue, in: 1...64, "a kind of main keys")
        try KeyStoreError.require(reference.identifier, in: 0...2048, "a main key's name")
        let options = reference.options.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 8 }
        try KeyStoreError.require(options, in: 0...65_536, "a main key's options")
        try KeyStoreError.require(sealedMaterial?.count ?? 0, in: 0...4096, "sealed material")
    }
}

extension EnvironmentKeyRecord {
    fileprivate func check() throws(KeyStoreError) {
        try KeyStoreError.require(wrapped.count, in: 0...65_536, "a wrapped environment key")
        if let generation { try KeyStoreError.require(generation.name, in: 0...1024, "a generation's name") }
    }
}

extension KeyStoreError {
    fileprivate static func require(_ text: String, in sizes: ClosedRange<Int>, _ what: String) throws(KeyStoreError) {
        try require(text.utf8.count, in: sizes, what)
        guard !text.utf8.contains(0) else {
            throw KeyStoreError(.failed, "The text of \(what) holds a NUL character.", remedy: "Take it out, then try again.")
        }
    }

    fileprivate static func require(_ size: Int, in sizes: ClosedRange<Int>, _ what: String) throws(KeyStoreError) {
        guard !sizes.contains(size) else { return }
        throw KeyStoreError(
            .failed, "The size of \(what) is \(size) bytes, and must be \(sizes.lowerBound) to \(sizes.upperBound).",
            remedy: "Give one of a proper size.")
    }

    package static let tooManyLocks = Self(
        .failed, "The environment has \(EnvironmentLock.most) locks, and no more are kept.", remedy: "Unlock it, or leave it as it is.")
}

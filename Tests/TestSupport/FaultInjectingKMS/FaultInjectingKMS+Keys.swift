package import Foundation

/// What the owner of the fake account does.
extension FaultInjectingKMS {
    /// Makes a key, and returns its ARN.
    package func createKey(usage: String = "ENCRYPT_DECRYPT", spec: String = "SYMMETRIC_DEFAULT", origin: String = "AWS_KMS") -> String {
        let id = UUID().uuidString.lowercased()
        let arn = "arn:aws:kms:\(region):\(Self.account):key/\(id)"
        account.with { $0.keys[id] = Key(id: id, arn: arn, usage: usage, spec: spec, origin: origin) }
        return arn
    }

    /// The ARN of a new alias, or of one that now names another key. `name` starts with `alias/`.
    @discardableResult
    package func setAlias(_ name: String, to key: String) -> String {
        change(key) { account, id in account.aliases[name] = id }
        return "arn:aws:kms:\(region):\(Self.account):\(name)"
    }

    /// Changes the key's state. A deletion that is pending has a date, a week away unless another is given.
    package func setState(_ state: KeyState, of key: String, deletionDate: Date = Date() + 7 * 86_400) {
        change(key) { account, id in
            account.keys[id]?.state = state
            account.keys[id]?.deletionDate = state == .pendingDeletion ? deletionDate : nil
        }
    }

    /// Removes the key, as AWS does when a pending deletion is due.
    package func delete(_ key: String) {
        change(key) { account, id in account.keys[id] = nil }
    }

    /// Gives the key new material; what was encrypted before still decrypts. Returns the new generation.
    @discardableResult
    package func rotate(_ key: String, isAutomatic: Bool = false) -> String {
        let material = KeyMaterial()
        change(key) { account, id in
            account.keys[id]?.materials.append(material)
            account.keys[id]?.rotationTypes[material.id] = isAutomatic ? "AUTOMATIC" : "ON_DEMAND"
        }
        return material.id
    }

    /// The owner of imported material imports other, and makes it current. Returns the new generation.
    @discardableResult
    package func importMaterial(_ key: String, validTo: Date? = nil) -> String {
        change(key) { account, id in account.keys[id]?.validTo = validTo }
        return rotate(key)
    }

    /// Switches automatic rotation on, with a period, or off.
    package func setAutomaticRotation(days: Int?, of key: String) {
        change(key) { account, id in account.keys[id]?.rotationPeriod = days }
    }

    /// The key's current generation.
    package func generation(of key: String) -> String? {
        account.with { try? $0.key(named: key).current.id }
    }

    /// Whether answers name key material; an older or simpler KMS does not.
    package func tellGenerations(_ tells: Bool) {
        tellGenerations(in: tells ? [.describeKey, .decrypt, .listKeyRotations] : [])
    }

    /// Only the answers to these operations name key material.
    package func tellGenerations(in operations: Set<Operation>) {
        account.with { $0.tellsGenerations = operations }
    }

    /// Answers these operations on the key with AccessDenied, and no others.
    package func deny(_ operations: Set<Operation>, on key: String) {
        change(key) { account, id in account.keys[id]?.denied = operations }
    }

    /// Lets the key's policy allow operations that ekmd has no use for.
    package func allow(_ operations: Set<Operation>, on key: String) {
        change(key) { account, id in account.keys[id]?.allowedInAddition = operations }
    }

    /// A key policy's condition: operations that carry a context are denied without these pairs.
    package func require(context: [String: String], on key: String) {
        change(key) { account, id in account.keys[id]?.requiredContext = context }
    }

    /// Makes a role that may be assumed with this external id (or, when nil, without any), or with this web identity token.
    @discardableResult
    package func createRole(_ name: String, externalID: String? = nil, webIdentityToken: String? = nil) -> String {
        let arn = "arn:aws:iam::\(Self.account):role/\(name)"
        account.with { $0.roles[arn] = Role(externalID: externalID, webIdentityToken: webIdentityToken) }
        return arn
    }

    /// The role of the instance, and with it IMDSv2; the token that a container must show, and with it container credentials.
    package func setMetadata(instanceRole: String? = nil, containerToken: String? = nil) {
        account.with {
            $0.instanceRole = instanceRole
            $0.containerToken = containerToken
        }
    }

    /// How much the server's clock is ahead of this machine's; nil: it does not tell the time.
    package func setClock(ahead offset: TimeInterval?) {
        account.with { $0.clockOffset = offset }
    }

    /// Ends the session of all temporary credentials that were issued so far.
    package func expireCredentials() {
        account.with { for id in $0.issued.keys { $0.issued[id]?.expired = true } }
    }

    /// Answers requests that this access key signed as if nobody had it.
    package func refuseCredentials(_ accessKeyID: String) {
        account.with { _ = $0.refusedAccessKeys.insert(accessKeyID) }
    }

    private func change(_ key: String, _ body: (inout Account, String) -> Void) {
        account.with { account in
            guard let id = try? account.key(named: key).id else { preconditionFailure("the test names a key that it did not make: \(key)") }
            body(&account, id)
        }
    }
}

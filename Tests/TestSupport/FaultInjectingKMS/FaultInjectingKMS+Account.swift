import Foundation

extension FaultInjectingKMS {
    /// All that the fake account knows; every request changes it under one lock.
    struct Account {
        let region: String
        var keys: [String: Key] = [:]
        var aliases: [String: String] = [:]
        var roles: [String: Role] = [:]
        var issued: [String: IssuedCredentials] = [:]
        var refusedAccessKeys: Set<String> = []
        var instanceRole: String?
        var instanceToken = UUID().uuidString
        var containerToken: String?
        /// Which operations name key material.
        var tellsGenerations: Set<Operation> = [.describeKey, .decrypt, .listKeyRotations]
        /// How much the server's clock is ahead; nil where it tells no time.
        var clockOffset: TimeInterval? = 0
        var rules: [(selector: Selector, fault: Fault)] = []
        var requests: [Request] = []
        var held: [@Sendable () -> Void] = []
        var upcoming: [@Sendable (FaultInjectingKMS) -> Void] = []

        /// The key that an ARN, an id, an alias or an alias ARN names.
        func key(named name: String) throws(Refusal) -> Key {
            var rest = name
            if name.hasPrefix("arn:") {
                let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
                guard parts.count == 6, parts[3] == region else {
                    throw Refusal("NotFoundException", "Invalid arn \(parts.count > 3 ? parts[3] : "")")
                }
                rest = String(parts[5])
                if rest.hasPrefix("key/") { rest = String(rest.dropFirst(4)) }
            }
            if rest.hasPrefix("alias/") {
                guard let target = aliases[rest], let key = keys[target] else {
                    throw Refusal(
                        "NotFoundException", "Alias arn:aws:kms:\(region):\(FaultInjectingKMS.account):\(rest) is not found.")
                }
                return key
            }
            guard let key = keys[rest] else {
                throw Refusal(
                    "NotFoundException", "Key 'arn:aws:kms:\(region):\(FaultInjectingKMS.account):key/\(rest)' does not exist")
            }
            return key
        }

        /// Takes the first rule that fits.
        mutating func fault(for operation: Operation, key: String?) -> Fault? {
            let place = rules.firstIndex { rule in
                if let wanted = rule.selector.operation, wanted != operation { return false }
                guard let wanted = rule.selector.key else { return true }
                return key != nil && (key == wanted || key == (try? self.key(named: wanted))?.id)
            }
            guard let place else { return nil }
            let fault = rules[place].fault
            if let times = rules[place].selector.times {
                rules[place].selector.times = times - 1
                if times <= 1 { rules.remove(at: place) }
            }
            return fault
        }
    }

    /// A role and who may take it.
    struct Role: Sendable {
        var externalID: String?
        var webIdentityToken: String?
    }

    /// Credentials that STS, an instance or a container got.
    struct IssuedCredentials: Sendable {
        let accessKeyID: String
        let secret: String
        let sessionToken: String
        let expiration: Date
        var expired = false
    }
}

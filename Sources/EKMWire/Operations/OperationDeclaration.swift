/// All that is settled of an operation before anybody asks for it. The gate, the client's retries and the specification's table go by it.
package struct OperationDeclaration: Sendable {
    /// What must be granted, and on what; one of several permissions is enough.
    package enum Need: Hashable, Sendable {
        /// Whoever may connect may ask.
        case nothing
        /// On the environment that the request names, by its name, a ciphertext or a receipt; where it names none, on any at all.
        case environment([Permission])
        /// On any environment at all; the answer tells no more than is granted.
        case anywhere([Permission])
        /// On `*`: what stands above all environments.
        case everything([Permission])
    }

    /// What it takes, at the most.
    package enum Cost: String, CaseIterable, Hashable, Sendable {
        /// Memory alone: answered on the event loop.
        case warm
        /// A key that is fetched where it is not in memory.
        case cold
        /// The key store.
        case store
        /// Calls to a KMS.
        case kms
        /// A look at everything that the store has.
        case wholeStore
    }

    /// What is recorded of it.
    package enum Trail: Sendable {
        case nothing
        /// That keys were used, by whom and how often.
        case uses
        /// That it was asked for and what came of it, before it is answered.
        case looks
        /// As looks, and before anything is changed.
        case changes
    }

    package let operation: Operation
    /// As the configuration, the metrics and the specification write it.
    package let name: String
    /// The fields of the request and of the answer, in the words of the specification.
    package let request: String
    package let answer: String
    package let need: Need
    package let cost: Cost
    package let trail: Trail
    /// Whether sending the request twice does no more than sending it once. Sent again, others would do a second thing, or refuse and so
    /// hide that the first was done.
    package let isRepeatable: Bool
    /// Whether it waits behind nobody: what shuts an environment.
    package let isUrgent: Bool

    init(
        _ operation: Operation, _ name: String, request: String = "", answer: String = "", needs need: Need, costs cost: Cost,
        records trail: Trail, isRepeatable: Bool = true, isUrgent: Bool = false
    ) {
        self.operation = operation
        self.name = name
        self.request = request
        self.answer = answer
        self.need = need
        self.cost = cost
        self.trail = trail
        self.isRepeatable = isRepeatable
        self.isUrgent = isUrgent
    }
}

extension OperationDeclaration.Need {
    /// To look at an environment.
    static let look = Self.environment([.status, .admin])
    /// To change one.
    static let change = Self.environment([.admin])

    package var permissions: [Permission] {
        switch self {
        case .nothing: []
        case .environment(let permissions), .anywhere(let permissions), .everything(let permissions): permissions
        }
    }
}

extension OperationDeclaration.Need {
    /// What it must be granted on, in words.
    package var place: String {
        switch self {
        case .nothing: "nothing"
        case .environment: "environment"
        case .anywhere: "any environment"
        case .everything: "*"
        }
    }
}

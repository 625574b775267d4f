/// How a kind prints what the customer must allow.
package struct DeclaredPolicy: Sendable {
    /// What an `ekmctl policy` is asked for.
    package struct Question: Sendable {
        package let workspace: String
        package let environment: String
        /// By name: what is declared as input.
        package let inputs: [String: String]
        /// The environment's own id; nil unless the kind wants it.
        package let ownID: String?

        package init(workspace: String, environment: String, inputs: [String: String], ownID: String?) {
            self.workspace = workspace
            self.environment = environment
            self.inputs = inputs
            self.ownID = ownID
        }
    }

    /// One document to paste, and what to do with it.
    package struct Document: Sendable {
        package let words: String
        package let value: any Encodable & Sendable

        package init(_ words: String, _ value: any Encodable & Sendable) {
            self.words = words
            self.value = value
        }
    }

    /// The answer.
    package struct Text: Sendable {
        package let documents: [Document]
        /// What to do when that is done; nil for nothing.
        package let closing: String?
        /// What `--json` prints.
        package let report: any Encodable & Sendable

        package init(documents: [Document], closing: String?, report: any Encodable & Sendable) {
            self.documents = documents
            self.closing = closing
            self.report = report
        }
    }

    /// What is explained under `--help`.
    package let discussion: String
    package let inputs: [DeclaredField]
    /// The inputs that cannot be left out.
    package let required: Set<String>
    /// The input with which the environment's own id is asked of the daemon; nil where no policy names it.
    package let wantsOwnID: String?
    package let text: @Sendable (Question) -> Text

    package init(
        discussion: String, inputs: [DeclaredField], required: Set<String>, wantsOwnID: String?,
        text: @escaping @Sendable (Question) -> Text
    ) {
        self.discussion = discussion
        self.inputs = inputs
        self.required = required
        self.wantsOwnID = wantsOwnID
        self.text = text
    }
}

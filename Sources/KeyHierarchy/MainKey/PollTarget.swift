/// A key in a KMS, as all environments that share it see it: they are polled as one.
package struct PollTarget: Hashable, Sendable {
    package let kind: MainKeyReference.Kind
    package let identifier: String
    /// How it is reached; another way to the same key may end in another answer.
    package let options: [String: String]

    package init(kind: MainKeyReference.Kind, identifier: String, options: [String: String]) {
        self.kind = kind
        self.identifier = identifier
        self.options = options
    }
}

extension MainKeyReference {
    /// Nil for keys that are in no KMS.
    package var pollTarget: PollTarget? {
        guard kind != .managed, kind != .material else { return nil }
        var options = options
        options[Self.givenOption] = nil
        return PollTarget(kind: kind, identifier: identifier, options: options)
    }
}

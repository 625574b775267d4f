package import KeyHierarchy

/// Why a store keeps nothing new; what is there is served meanwhile.
package struct StoreTrouble: Hashable, Sendable {
    /// A whole sentence.
    package let message: String
    package let remedy: String
    /// A few words, for a line that says more.
    package let summary: String

    package var error: KeyStoreError { KeyStoreError(.notWritable, message, remedy: remedy) }

    static func full(_ path: String) -> Self {
        Self(
            message: "The disk of the key store in \(path) is full: what is there is served, and nothing new can be kept.",
            remedy: "Make room; ekmd finds by itself that there is some.", summary: "the disk of the key store is full")
    }

    static func displaced(_ what: String, _ path: String) -> Self {
        Self(
            message: "While ekmd has the key store in \(path) open, \(what): what can be read is served, and nothing new is kept.",
            remedy: "Put back what was moved; or, if it is gone, stop ekmd and restore a backup of the state directory.",
            summary: "the key store was moved or deleted")
    }
}

/// What can be wrong with a frame. None of these says what stood in it.
extension WireError {
    private static let readTheProtocol = "Check the client against the description of the wire protocol."

    private static func malformed(_ message: String) -> WireError { WireError(.malformedField, message, remedy: readTheProtocol) }

    static func truncated(_ field: StaticString) -> WireError { malformed("The field '\(field)' runs past the frame's end.") }
    static func notUTF8(_ field: StaticString) -> WireError { malformed("The field '\(field)' is not valid UTF-8.") }
    static var trailingBytes: WireError { malformed("Bytes stand behind the last field of the frame.") }
    static func tooLong(_ field: StaticString, limit: Int) -> WireError {
        WireError(.malformedField, "The field '\(field)' is longer than \(limit) bytes.", remedy: "Shorten it.")
    }
    static func unknownValue(_ field: StaticString) -> WireError {
        malformed("The field '\(field)' has a value that this version does not know.")
    }

    static func tooMany(_ what: StaticString, limit: Int) -> WireError {
        WireError(.malformedField, "There are more than \(limit) \(what).", remedy: "Leave some out.")
    }

    static var batchCount: WireError { malformed("A batch has 1 to \(BatchRequest.largest) items.") }
    static var scopeKind: WireError { malformed("The scope is none of job (1), connection (2), event (3) and log (4).") }
    static var scopeID: WireError {
        WireError(.malformedField, "The id of a job or connection must have 1 to \(Scope.largestID) bytes.", remedy: "Use a shorter id.")
    }

    @usableFromInline package static var unknownFlags: WireError {
        WireError(.malformedFrame, "The frame has flags that this version does not know.", remedy: readTheProtocol)
    }
    @usableFromInline package static var idZero: WireError {
        WireError(.malformedFrame, "Request id 0 is for answers that belong to no request.", remedy: readTheProtocol)
    }
    /// A request on a connection where no version was agreed on.
    package static var noHello: WireError {
        WireError(.noHello, "The connection has not said hello, or no version was agreed on.", remedy: readTheProtocol)
    }
    /// A request whose answer could be taken for another's.
    package static var duplicateID: WireError {
        WireError(
            .duplicateID, "A request has the id of another that still waits for its answer; the later one was not done.",
            remedy: readTheProtocol)
    }
    /// A frame that is shorter than its header.
    package static var shortFrame: WireError {
        WireError(.malformedFrame, "The frame is shorter than the \(FrameHeader.size) bytes of its header.", remedy: readTheProtocol)
    }
    /// A frame over the limit.
    package static func frameTooLarge(limit: Int) -> WireError {
        WireError(
            .frameTooLarge, "The frame is larger than the limit of \(limit) bytes.",
            remedy: "Encrypt large data with a data key, in the client's process, or raise limits.frame in the configuration.")
    }
    /// Something whose ciphertext, or wrapped key, no frame could bring back with its scope and context.
    package static func noWayBack(limit: Int) -> WireError {
        WireError(
            .frameTooLarge,
            "What this would give could not be decrypted: with its scope and context it is larger than the limit of \(limit) bytes.",
            remedy: "Encrypt large data with a data key, in the client's process, or raise limits.frame in the configuration.")
    }
    /// An operation that this version does not know.
    package static func unknownOperation(_ operation: Operation) -> WireError {
        WireError(.unknownOperation, "This daemon does not know \(operation).", remedy: "Update the daemon, or use an older client.")
    }

    private static func context(_ message: String) -> WireError {
        WireError(.contextInvalid, message, remedy: "Change the encryption context.")
    }
    static var contextDuplicate: WireError { context("A key stands twice in the context.") }
    static var contextPairs: WireError { context("The context has more than \(EncryptionContext.largestCount) pairs.") }
    static var contextKey: WireError { context("A key of the context must have 1 to \(EncryptionContext.largestKey) bytes.") }
    static var contextValue: WireError { context("A value of the context may have at most \(EncryptionContext.largestValue) bytes.") }
    static var contextSize: WireError { context("The context is larger than \(EncryptionContext.largestEncoding) bytes.") }
}

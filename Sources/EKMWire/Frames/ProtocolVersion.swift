/// The versions of the wire protocol.
package enum ProtocolVersion {
    /// The lowest version that this code speaks.
    package static let lowest: UInt16 = 1
    /// The highest version that this code speaks.
    package static let highest: UInt16 = 1

    /// The version that both sides speak, the highest there is.
    ///
    /// - Throws: ``ErrorCode/unsupportedVersion`` where there is none.
    package static func agree(lowest: UInt16, highest: UInt16) throws(WireError) -> UInt16 {
        guard lowest <= highest, lowest <= Self.highest, highest >= Self.lowest else {
            throw WireError(
                .unsupportedVersion,
                "The client speaks versions \(lowest) to \(highest) of the protocol, this daemon \(Self.lowest) to \(Self.highest).",
                remedy: "Update the older of the two.")
        }
        return min(highest, Self.highest)
    }
}

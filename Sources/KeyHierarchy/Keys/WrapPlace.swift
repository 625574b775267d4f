/// Where a wrapped key belongs: the associated data of its wrap, so that it opens nowhere else.
///
/// `"ekmd wrap v1" ‖ kind (u8) ‖ environment id (16)`, then for stored keys
/// `key id (16) ‖ environment key version (u32)`, for data keys `hourly key id (16) ‖ job digest (16)`,
/// for lent data keys `header (54) ‖ canonical context`.
package enum WrapPlace {
    private static let label: [UInt8] = Array("ekmd wrap v1".utf8)

    package static func stored(
        _ kind: KeyKind, _ id: KeyID, in environment: EnvironmentID, under version: EnvironmentKeyVersion
    ) -> [UInt8] {
        label + [kind.rawValue] + environment.bytes + id.bytes + version.number.bigEndianBytes
    }

    package static func dataKey(of job: JobDigest, under hourly: KeyID, in environment: EnvironmentID) -> [UInt8] {
        label + [KeyKind.data.rawValue] + environment.bytes + hourly.bytes + job.bytes
    }

    package static func lentDataKey(header: [UInt8], context: [UInt8], in environment: EnvironmentID) -> [UInt8] {
        label + [KeyKind.lent.rawValue] + environment.bytes + header + context
    }
}

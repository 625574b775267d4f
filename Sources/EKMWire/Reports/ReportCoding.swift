internal import Bedrock
internal import FoundationEssentials

/// How reports become JSON: keys sorted, times in ISO 8601 UTC.
package enum ReportCoding {
    package static func encode(_ report: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(report))
    }

    package static func decode<Report: Decodable>(_ type: Report.Type, from bytes: RawSpan) throws(WireError) -> Report {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.array(bytes.byteOffsets)))
        } catch {
            throw WireError(
                .malformedField, "The daemon sent a report that this client cannot read.", remedy: "Update the older of the two.")
        }
    }

    /// A time as reports carry it: ISO 8601, UTC, whole seconds.
    package static func time(unixSeconds: Int64) -> String { UTCTime(seconds: unixSeconds).description }
}

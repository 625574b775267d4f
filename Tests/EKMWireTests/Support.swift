import Bedrock
import Testing

@testable import EKMWire

/// The fields of the one frame that `bytes` holds.
func soleFrame(_ bytes: [UInt8]) throws -> [UInt8] {
    #expect(scanned(bytes) == .complete(end: bytes.count))
    return Array(bytes[Frame.fields(from: 0, to: bytes.count)])
}

func bytes(hex: String) -> [UInt8] {
    guard let bytes = Hex.bytes(of: hex.filter { !$0.isWhitespace }.lowercased()) else { preconditionFailure("hex digits, in pairs") }
    return bytes
}

/// SplitMix64: the same numbers from the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

// Spans may not enter the expansion of #expect: these take arrays.

func parsing<Result>(_ bytes: [UInt8], _ parse: (RawSpan) throws -> Result) rethrows -> Result { try parse(bytes.span.bytes) }

func scanned(_ bytes: [UInt8], at start: Int = 0, limit: Int = Frame.defaultLimit) -> Frame.Scan {
    Frame.scan(bytes.span.bytes, at: start, limit: limit)
}

func header(_ bytes: [UInt8], at start: Int = 0) -> FrameHeader? { FrameHeader(frameAt: start, in: bytes.span.bytes) }

func scoped(_ field: ScopeField, in bytes: [UInt8]) -> Scope? { field.scope(in: bytes.span.bytes) }

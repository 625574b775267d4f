import Testing

@testable import EKMWire

@Suite("Answers")
struct AnswerTests {
    let request = FrameHeader(operation: .encrypt, requestID: 77)

    @Test("A success written in place equals one written to an array", arguments: [0, 1, 300])
    func success(count: Int) throws {
        let fields = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var array: [UInt8] = []
        Answer.appendSuccess(to: request, secondsLeft: SecondsLeft(seconds: 299), fields: fields.span.bytes, into: &array)
        let size = Answer.prefixSize + count
        let inPlace = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
            Answer.appendSuccess(to: request, secondsLeft: SecondsLeft(seconds: 299), fieldsSize: count, output: &output)
            output.append(fields.span.bytes)
            initialized = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        #expect(inPlace == array)

        let view = try AnswerView(parsing: array.span.bytes, from: 0, to: array.count)
        #expect(view.header == request.answer)
        #expect(view.status == 0)
        #expect(view.secondsLeft.seconds == 299)
        #expect(Array(array[view.fields]) == fields)
        #expect(try parsing(array, view.failure(in:)) == nil)
    }

    @Test("A failure comes back whole")
    func failure() throws {
        let error = WireError(
            .restricted, "No.", remedy: "Ask.", verdict: .restricted, verdictAt: 1_700_000_000, reason: "AccessDeniedException: nö")
        var bytes: [UInt8] = [1, 2, 3]
        Answer.appendFailure(to: request, error: error, secondsLeft: SecondsLeft(seconds: 12), into: &bytes)
        let view = try AnswerView(parsing: bytes.span.bytes, from: 3, to: bytes.count)
        let back = try #require(try parsing(bytes, view.failure(in:)))
        #expect(view.secondsLeft == SecondsLeft(rawValue: 12))
        #expect(back.code == .restricted)
        #expect(back.message == error.message)
        #expect(back.remedy == error.remedy)
        #expect(back.reason == error.reason)
        #expect(back.verdict == .restricted)
        #expect(back.verdictAt == 1_700_000_000)
        #expect("\(back)" == "No. The KMS says: AccessDeniedException: nö Ask.")
    }

    @Test("A long text is cut between characters")
    func cut() throws {
        let error = WireError(.internalError, "x" + String(repeating: "é", count: 4000))
        var bytes: [UInt8] = []
        Answer.appendFailure(to: request, error: error, into: &bytes)
        let view = try AnswerView(parsing: bytes.span.bytes, from: 0, to: bytes.count)
        #expect(try parsing(bytes, view.failure(in:))?.message.utf8.count == 4095)
        #expect(view.secondsLeft == .doesNotApply)
    }

    @Test("A frame that is no answer is refused, and so is one without a status")
    func noAnswer() throws {
        var ping: [UInt8] = []
        try EmptyRequest(.ping).encode(into: &ping, requestID: 1)
        #expect(throws: WireError(.malformedFrame, "")) { try parsing(ping) { try AnswerView(parsing: $0, from: 0, to: ping.count) } }
        let bare = bytes(hex: "00000009 0002 8000 00000001 00")
        #expect(throws: WireError(.malformedField, "")) { try parsing(bare) { try AnswerView(parsing: $0, from: 0, to: bare.count) } }
        #expect(throws: WireError(.malformedFrame, "")) { try parsing(bare) { try AnswerView(parsing: $0, from: 0, to: 100) } }
    }

    @Test("The answer to a hello comes back")
    func hello() throws {
        let answer = HelloAnswer(version: 1, largestFrame: 1 << 20, serverVersion: "1.0")
        #expect(try parsing(answer.encode()) { try HelloAnswer(parsing: $0) } == answer)
    }

    @Test("A generated data key stands behind its wrapped form")
    func dataKey() throws {
        let fields = bytes(hex: "00000003 010203") + [UInt8](1...32)
        #expect(fields.count == DataKeyAnswerView.fieldsSize(wrappedSize: 3))
        let view = try DataKeyAnswerView(parsing: fields.span.bytes)
        #expect(Array(fields[view.wrapped]) == [1, 2, 3])
        #expect(Array(fields[view.key]) == [UInt8](1...32))
        #expect(throws: WireError(.malformedField, "")) { try parsing(fields.dropLast()) { try DataKeyAnswerView(parsing: $0) } }
        #expect(throws: WireError(.malformedField, "")) { try parsing(fields + [0]) { try DataKeyAnswerView(parsing: $0) } }
    }

    @Test("Seconds clamp to what the wire can carry, and never become 'does not apply'")
    func seconds() {
        #expect(SecondsLeft(seconds: -5).seconds == 0)
        #expect(SecondsLeft(seconds: .max).rawValue == UInt32.max - 1)
        #expect(SecondsLeft.doesNotApply.seconds == nil)
    }
}

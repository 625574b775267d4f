import EKMWire

/// Requests that were made beforehand, back to back, sent in turn and over again. All have one size, and so have their answers.
///
/// The id of each is its place, counted from 1: it pairs answers with requests, however they overtake each other.
final class FrameSet: Sendable {
    let bytes: [UInt8]
    let frameSize: Int
    let answerSize: Int
    let count: Int
    var places: Range<Int> { 0..<count }

    init(_ bytes: [UInt8], count: Int, answerSize: Int) {
        self.bytes = bytes
        self.count = count
        self.answerSize = answerSize
        frameSize = bytes.count / count
    }
}

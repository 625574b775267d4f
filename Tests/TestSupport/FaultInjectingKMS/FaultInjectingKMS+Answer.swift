import Foundation
import JSONSchema

extension FaultInjectingKMS {
    /// What is sent back.
    struct Answer: Sendable {
        var status: Int
        var contentType: String
        var body: [UInt8]
        /// What the server's clock says.
        var date: Date?

        init(status: Int = 200, contentType: String = "application/x-amz-json-1.1", body: String) {
            self.status = status
            self.contentType = contentType
            self.body = Array(body.utf8)
        }

        init(status: Int = 200, fields: [String: JSONValue]) {
            self.status = status
            contentType = "application/x-amz-json-1.1"
            body = ((try? JSONEncoder().encode(fields)).map { Array($0) }) ?? Array("{}".utf8)
        }

        /// Changes the fields of a JSON answer that is no error.
        mutating func edit(_ change: (inout [String: JSONValue]) -> Void) {
            guard status == 200, var fields = try? JSONDecoder().decode([String: JSONValue].self, from: Data(body)) else { return }
            change(&fields)
            let date = date
            self = Answer(fields: fields)
            self.date = date
        }
    }

    /// How an answer reaches the client.
    enum Delivery: Sendable {
        case whole(Answer)
        case late(Answer, Duration)
        case held(Answer)
        case half(Answer)
        case none
    }
}

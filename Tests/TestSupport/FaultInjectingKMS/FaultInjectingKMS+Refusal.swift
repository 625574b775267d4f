import Foundation
import JSONSchema

extension FaultInjectingKMS {
    /// An error, in AWS's own words.
    package struct Refusal: Error, Sendable {
        package var type: String
        package var message: String?
        package var status: Int

        package init(_ type: String, _ message: String?, status: Int = 400) {
            self.type = type
            self.message = message
            self.status = status
        }

        static func accessDenied(_ permission: String, on resource: String) -> Refusal {
            Refusal(
                "AccessDeniedException",
                "User: arn:aws:iam::\(FaultInjectingKMS.account):user/ekmd is not authorized to perform: \(permission) on resource: "
                    + "\(resource) because no resource-based policy allows the \(permission) action")
        }

        /// AWS JSON 1.1.
        var json: Answer {
            var fields: [String: JSONValue] = ["__type": .string(type)]
            if let message { fields["message"] = .string(message) }
            return Answer(status: status, fields: fields)
        }

        /// AWS's query protocol.
        var xml: Answer {
            Answer(
                status: status, contentType: "text/xml",
                body: """
                    <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>\(type)</Code>\
                    <Message>\(message ?? "")</Message></Error><RequestId>\(UUID().uuidString.lowercased())</RequestId></ErrorResponse>
                    """)
        }
    }
}

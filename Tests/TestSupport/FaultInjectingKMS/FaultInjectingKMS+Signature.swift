extension FaultInjectingKMS {
    /// The signer that an `Authorization` header names. The signature itself is left to ministack, which checks it.
    struct Signature {
        let accessKeyID: String
        let region: String
        let service: String

        /// Throws the error that AWS answers with, when the header is missing or not of AWS Signature Version 4.
        init(_ headers: [String: String]) throws(Refusal) {
            guard let header = headers["authorization"] else {
                throw Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
            }
            var fields: [Substring: Substring] = [:]
            let words = header.split(separator: " ", maxSplits: 1)
            for part in (words.last ?? "").split(separator: ",") {
                let halves = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if halves.count == 2 { fields[halves[0]] = halves[1] }
            }
            let scope = (fields["Credential"] ?? "").split(separator: "/")
            guard words.first == "AWS4-HMAC-SHA256", scope.count == 5, scope[4] == "aws4_request", headers["x-amz-date"] != nil,
                fields["Signature"]?.count == 64, let signed = fields["SignedHeaders"]?.split(separator: ";"),
                signed.contains("host"), signed.contains("x-amz-date")
            else {
                throw Refusal("IncompleteSignatureException", "The request signature does not conform to AWS standards.")
            }
            for name in ["x-amz-target", "x-amz-security-token"] where headers[name] != nil && !signed.contains(Substring(name)) {
                throw Refusal("InvalidSignatureException", "'\(name)' is not signed.")
            }
            accessKeyID = String(scope[0])
            region = String(scope[2])
            service = String(scope[3])
        }
    }
}

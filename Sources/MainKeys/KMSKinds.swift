/// The kinds of main keys in a KMS that this daemon serves, one a line; each is declared in `MainKeyDeclarations` too.
package enum KMSKinds {
    package static let all: [any MainKeyKind.Type] = [
        AWSKMSKind.self
    ]
}

/// The kinds of main keys in a KMS, one a line.
package enum MainKeyDeclarations {
    package static let all: [MainKeyDeclaration] = [
        .awsKMS
    ]
}

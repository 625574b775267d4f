internal import GRDB
internal import KeyHierarchy

/// The receipt of an erasure. Signed already; the code keeps it in its place and order.
struct ReceiptRow: AuthenticatedRow, Sendable {
    static let table = "receipts"
    static let primaryKey = ["number"]

    /// Counts the receipts of the store, from 1.
    var number: Int64
    var record: SignedReceipt

    init(_ record: SignedReceipt, number: Int64) {
        self.record = record
        self.number = number
    }

    init(_ columns: Columns) throws(RowDamage) {
        number = try columns.integer("number")
        record = SignedReceipt(
            erasure: try columns.identifier("erasure"), environment: try columns.identifier("environment"),
            document: try columns.bytes("document", atMost: Limits.document),
            signature: try columns.bytes("signature", atMost: Limits.signature))
    }

    var columns: Columns {
        Columns(
            table: Self.table,
            [
                "number": number.databaseValue, "erasure": record.erasure.blob, "environment": record.environment.blob,
                "document": record.document.blob, "signature": record.signature.blob,
            ])
    }
}

import Cryptography
import EKMClient
import EKMWire
import TestSupport

/// Reads what was acknowledged, and reports what does not come back as it must.
struct CrashReader {
    let client: BlockingClient
    let ledger: CrashLedger
    let allows: CrashTraffic.Allowance

    func read(_ entry: CrashLedger.Entry) {
        do throws(EKMClientError) {
            let fate = ledger.fate(of: entry)
            let plaintext = try client.decrypt(entry.ciphertext).plaintext
            ledger.count("decrypted")
            if SHA256.hash(plaintext.span.bytes) != entry.digest {
                ledger.report("\(entry.environment), \(entry.scope): came back changed")
            }
            if fate == .erased {
                ledger.report("\(entry.environment), \(entry.scope): still decrypts, though its erasure was acknowledged")
            }
        } catch {
            guard let code = error.refusal?.code else { return }
            if code == .erased {
                ledger.count("found erased")
                if ledger.fate(of: entry) != .readable { return }
            }
            ledger.count("decrypt refused: \(code.name)")
            if !allows(code) || code == .erased { ledger.report("\(entry.environment), \(entry.scope): does not decrypt: \(error)") }
        }
    }
}

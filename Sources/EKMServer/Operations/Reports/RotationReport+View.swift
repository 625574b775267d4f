internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension RotationReport {
    /// Whether, and when, the main key rotates by itself.
    init(_ view: MainKeyView, managedRotation: Duration) {
        switch view.record.mainKey.reference.kind {
        case .managed:
            self.init(
                kind: "automatic", days: Int(managedRotation.components.seconds / 86_400), next: view.nextManagedRotationAt?.description,
                text: "ekmd rotates this key by itself.")
        case .material:
            self.init(
                kind: "not-applicable", text: "Uploaded material does not rotate: upload other with 'ekmctl key replace --material'.")
        default: self.init(view.lastPoll)
        }
    }

    private init(_ poll: PollResult?) {
        switch poll?.inspection {
        case .success(let inspection)?:
            switch inspection.rotation {
            case .notApplicable: self.init(kind: "not-applicable", text: "The KMS rotates no key of this kind by itself.")
            case .off: self.init(kind: "off", text: "The KMS does not rotate this key by itself.")
            case .automatic(let days, let next):
                self.init(kind: "automatic", days: days, next: next?.description, text: "The KMS rotates this key by itself; ekmd follows.")
            case .unknown(let why): self.init(kind: "unknown", text: "The KMS did not tell: \(why)")
            }
        case .failure(let failure)?: self.init(kind: "unknown", text: "The KMS could not be asked: \(failure.message)")
        case nil: self.init(kind: "unknown", text: "The KMS was not asked yet.")
        }
    }
}

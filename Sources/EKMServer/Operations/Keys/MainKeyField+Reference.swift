internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension MainKeyField {
    /// The main key that is asked for, as its kind takes it from this caller.
    func reference(for environment: EnvironmentName, by peer: Peer, _ service: Service) throws(WireError) -> MainKeyReference {
        guard case .kms(let key) = self else { return isManaged ? .managed : .material }
        let asked = MainKeyReference(
            kind: MainKeyReference.Kind(rawValue: key.kind), identifier: key.key,
            options: key.options.merging([MainKeyReference.givenOption: key.key]) { $1 })
        do {
            let rules = ReferenceRules(
                ownID: try service.root.externalID(for: environment), mayChooseID: service.authorizer.administersAll(peer))
            return try service.hierarchies.admit(asked, by: rules)
        } catch let refusal as ReferenceRefusal {
            throw WireError(refusal.code == .notGranted ? .notGranted : .mainKeyInaccessible, refusal.message, remedy: refusal.remedy)
        } catch { throw WireError(.internalError, "No external id could be made.", remedy: "Try again; if it stays so, report it.") }
    }

    private var isManaged: Bool { self == .managed }

    /// Uploaded material, in locked memory; nil for the other kinds.
    func material(in fields: WipedBytes) throws(WireError) -> SecretBytes? {
        guard case .material(let range) = self else { return nil }
        do throws(CryptographyError) {
            return try fields.withBytes { (fields) throws(CryptographyError) in try SecretBytes(copying: fields.extracting(range)) }
        } catch { throw WireError(error) }
    }
}

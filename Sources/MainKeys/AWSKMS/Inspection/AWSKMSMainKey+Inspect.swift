package import KeyHierarchy
internal import MainKeyDeclarations

extension AWSKMSMainKey {
    /// Describes the key; asks for what its description does not tell.
    ///
    /// The generation is the key material id that DescribeKey, or else ListKeyRotations, names as current: the same name that Decrypt gives
    /// what the material encrypted. Where neither tells, it is nil, and a rotation cannot be seen.
    ///
    /// What KMS said of the key stands in the inspection's `failure`, also that there is no such key; what is thrown says nothing of it.
    package func inspect(for environment: EnvironmentIdentity) async throws(MainKeyFailure) -> MainKeyInspection {
        let client = try client()
        let description: KMSKeyDescription
        do throws(AWSFailure) {
            description = try await client.describeKey(reference.identifier)
        } catch {
            let failure = explained(error, stage: .access)
            guard failure.verdict.wipes else { throw failure }
            return MainKeyInspection(failure: failure, rotation: .unknown(failure.reason))
        }
        if let failure = foreignness(of: description) { return MainKeyInspection(failure: failure, rotation: .unknown(failure.reason)) }
        return MainKeyInspection(
            generation: await currentMaterial(client, description), failure: failure(of: description),
            endsAt: description.deletionDate ?? description.validTo, rotation: await rotation(client, description),
            warnings: endWarnings(description) + (await aliasWarnings(client)))
    }

    /// What the key's state means; nil while it can be used.
    func failure(of description: KMSKeyDescription) -> MainKeyFailure? {
        AWSVerdict.verdict(ofState: description.state).map { verdict in
            MainKeyFailure(
                verdict: verdict, stage: .encryption, message: Self.stateMessage(description), reason: description.stateText,
                remedy: Self.stateRemedy(description.state))
        }
    }

    private func foreignness(of description: KMSKeyDescription) -> MainKeyFailure? {
        guard description.arn != reference.identifier else { return nil }
        return MainKeyFailure(
            verdict: .mismatched, message: "KMS described another key than the one that was asked for.",
            reason: "asked for \(reference.identifier), described \(description.arn.prefix(512))",
            remedy: "Check the endpoint: what answers there is not the KMS of this key.")
    }

    // MARK: Generation

    /// Which material encrypts now; nil where KMS does not tell, or may not.
    func currentMaterial(_ client: KMSClient) async -> Generation? {
        guard let description = try? await client.describeKey(reference.identifier) else { return nil }
        return await currentMaterial(client, description)
    }

    private func currentMaterial(_ client: KMSClient, _ description: KMSKeyDescription) async -> Generation? {
        if let material = description.currentMaterial { return material }
        guard !session.inspections.isSilent(inspected) else { return nil }
        do throws(AWSFailure) {
            if let material = try await client.listedMaterial(reference.identifier) { return material }
        } catch {
            guard !error.isPassing else { return nil }
        }
        session.inspections.rememberSilence(of: inspected)
        return nil
    }

    // MARK: Rotation

    private func rotation(_ client: KMSClient, _ description: KMSKeyDescription) async -> MainKeyInspection.Rotation {
        guard description.isRotatable else { return .notApplicable }
        if let known = session.inspections.rotation(of: inspected) { return known }
        do throws(AWSFailure) {
            let rotation = try await client.rotationStatus(reference.identifier).rotation
            session.inspections.remember(rotation, of: inspected)
            return rotation
        } catch {
            let rotation = MainKeyInspection.Rotation(untold: error)
            session.inspections.remember(rotation, of: inspected, isPassing: error.isPassing)
            return rotation
        }
    }

    // MARK: Warnings

    func endWarnings(_ description: KMSKeyDescription) -> [String] {
        guard let end = description.validTo, description.state == "Enabled", end < session.wallClock.now.advanced(by: .seconds(30 * 86_400))
        else { return [] }
        return ["The key's imported material ends at \(end): import it again before, or the key is as good as deleted."]
    }

    /// Whether the alias that the customer gave still names the key. It is told, and never followed.
    func aliasWarnings(_ client: KMSClient) async -> [String] {
        guard let alias = reference.options[Option.given], let given = AWSKeyReference(alias),
            given.form == .aliasARN || given.form == .aliasName
        else { return [] }
        let ours = reference.identifier
        do throws(AWSFailure) {
            let named = try await client.describeKey(alias).arn
            if named == ours { return [] }
            return [
                "The alias \(alias) names \(named.prefix(512)) now; the environment stays with \(ours) until its main key is replaced."
            ]
        } catch {
            switch error.code {
            case "NotFoundException":
                return ["The alias \(alias) is gone; the environment stays with \(ours)."]
            case _ where error.isDenied:
                // AWS names the key that the alias stands for.
                return [
                    "The alias \(alias) cannot be described, so it may name another key now (\(error.reason.prefix(512))); "
                        + "the environment stays with \(ours)."
                ]
            default: return []
            }
        }
    }

    private var inspected: InspectionMemory.Key {
        InspectionMemory.Key(
            arn: reference.identifier, role: reference.options[Option.role], externalID: reference.options[Option.externalID])
    }
}

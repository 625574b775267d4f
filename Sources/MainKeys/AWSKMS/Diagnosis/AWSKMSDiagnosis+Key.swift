internal import KeyHierarchy
internal import MainKeyDeclarations

// The key itself: what KMS tells of it, and whether it does what it is for.
extension AWSKMSDiagnosis {
    mutating func describe(_ client: KMSClient, _ key: AWSKeyReference, region: String) async -> KMSKeyDescription? {
        let description: KMSKeyDescription
        do throws(AWSFailure) {
            description = try await client.describeKey(key.text)
        } catch {
            fail("describe", error)
            skip(["key state"], because: "the key could not be described")
            return nil
        }
        note("describe", .ok, "KMS describes \(description.arn.prefix(512)).")
        do throws(MainKeyFailure) {
            try mainKey.check(description, names: key, region: region)
            let ending = mainKey.endWarnings(description)
            if ending.isEmpty {
                note("key state", .ok, "The key is enabled, symmetric, and for encryption.")
            } else {
                note("key state", .warning, ending.joined(separator: " "), remedy: "Import the key's material again.")
            }
        } catch {
            note(DiagnosisCheck("key state", error))
        }
        return description
    }

    mutating func use(_ client: KMSClient, arn: String, _ description: KMSKeyDescription?) async {
        let names = ["encrypt", "decrypt", "context", "authenticity"]
        if checks.contains(where: { $0.name == "key state" && $0.outcome == .failed }) {
            return skip(names, because: "the key cannot be used as it is")
        }
        do {
            let sample = try await mainKey.encryptSample(client, key: arn, environment: environment)
            note("encrypt", .ok, "The key encrypts for this environment.")
            await open(sample, client, arn: arn)
        } catch {
            fail("encrypt", error)
            skip(Array(names.dropFirst()), because: "nothing was encrypted that could be decrypted")
        }
    }

    private mutating func open(_ sample: consuming KMSSample, _ client: KMSClient, arn: String) async {
        do {
            try await mainKey.decrypts(sample, client, key: arn, environment: environment)
            note("decrypt", .ok, "What the key encrypted it decrypts.")
        } catch {
            fail("decrypt", error)
            return skip(["context", "authenticity"], because: "the key does not decrypt at all")
        }
        do {
            let byPolicy = try await mainKey.refusesOtherContext(client, sample.ciphertext, key: arn, environment: environment)
            note("context", .ok, "Under another environment's context the key does not decrypt.")
            if !byPolicy { surplus.append("kms:Decrypt under the context of any environment") }
        } catch {
            fail("context", error)
        }
        do {
            try await mainKey.refusesChanges(client, sample.ciphertext, key: arn, environment: environment)
            note("authenticity", .ok, "A ciphertext that was changed does not decrypt.")
        } catch {
            fail("authenticity", error)
        }
    }

    mutating func lookAtRotation(_ client: KMSClient, arn: String, _ description: KMSKeyDescription?) async {
        do throws(AWSFailure) {
            noteRotation(try await client.rotationStatus(arn).rotation, arn: arn, description)
        } catch {
            if error.isDenied { denied.append("kms:GetKeyRotationStatus") }
            noteRotation(.init(untold: error), arn: arn, description)
        }
        var generation = description?.currentMaterial
        do throws(AWSFailure) {
            let listed = try await client.listedMaterial(arn)
            generation = generation ?? listed
        } catch {
            // AWS refuses it to every other account, and does not need it where the description names the material.
            if error.isDenied, generation == nil { denied.append("kms:ListKeyRotations") }
        }
        if let generation {
            note("generation", .ok, "KMS names the material that encrypts now (\(generation.name.prefix(16))…), so a rotation is seen.")
        } else {
            note(
                "generation", .warning, "KMS does not name the material that encrypts now: a rotation cannot be seen.",
                remedy: "Nothing must be done: the environment key is wrapped anew at a set period, and by `ekmctl key refresh`.")
        }
        noteAlias(await mainKey.aliasWarnings(client))
    }

    private mutating func noteRotation(_ rotation: MainKeyInspection.Rotation, arn: String, _ description: KMSKeyDescription?) {
        switch description.map(\.isRotatable) == false ? .notApplicable : rotation {
        case .automatic(let days, let next):
            let period = days.map { " every \($0) days" } ?? ""
            note("rotation", .ok, "AWS rotates the key\(period)\(next.map { ", next at \($0)" } ?? "").")
        case .off:
            note(
                "rotation", .warning, "Automatic rotation of the key is off.",
                remedy: "Switch it on: `aws kms enable-key-rotation --key-id \(arn)`. ekmd follows by itself.")
        case .notApplicable:
            note("rotation", .ok, "AWS does not rotate this kind of key by itself; new material can be imported. ekmd follows.")
        case .unknown(let why):
            note(
                "rotation", .warning, "Whether the key is rotated is not known: \(why).",
                remedy: "Allow kms:GetKeyRotationStatus in the key's policy; `ekmctl policy aws-kms` prints it.")
        }
    }

    private mutating func noteAlias(_ warnings: [String]) {
        guard !warnings.isEmpty else { return }
        note(
            "alias", .warning, warnings.joined(separator: " "),
            remedy: "Point it back, or replace the main key: `ekmctl key replace ENV --aws-kms ARN`.")
    }

    mutating func lookAtPolicy(_ client: KMSClient, arn: String) async {
        let needed = denied.filter { ["kms:DescribeKey", "kms:Encrypt", "kms:Decrypt"].contains($0) }
        if denied.isEmpty {
            note("permissions", .ok, "No permission that ekmd needs is denied.")
        } else {
            note(
                "permissions", needed.isEmpty ? .warning : .failed, "The key's policy does not allow \(denied.joined(separator: ", ")).",
                remedy: "Allow it for the identity that ekmd uses; `ekmctl policy aws-kms` prints the policy.")
        }
        var known = false
        for operation in KMSClient.SurplusOperation.allCases {
            guard let isAllowed = await client.allows(operation, key: arn) else { continue }
            known = true
            if isAllowed { surplus.append("kms:\(operation.rawValue)") }
        }
        if !surplus.isEmpty {
            note(
                "least privilege", .warning,
                "ekmd's identity may do more than it needs: \(surplus.joined(separator: ", ")). So may whoever takes over this machine.",
                remedy: "Allow only what `ekmctl policy aws-kms` prints: no kms:*, and for this environment's context alone.")
        } else if known {
            note("least privilege", .ok, "The key's policy gives ekmd's identity nothing that was tried beyond what it needs.")
        } else {
            skip(["least privilege"], because: "KMS did not answer what should be denied")
        }
    }
}

extension Keyring {
    /// Walks the way to an environment's main key, and uses it; no proof comes of it.
    package func diagnose(_ environment: LiveEnvironment) async -> [DiagnosisCheck] {
        let record = environment.withState { $0.record.mainKey }
        let mainKey: any MainKey
        do throws(MainKeyFailure) {
            mainKey = try provider.mainKey(for: record, of: environment.identity)
        } catch { return [DiagnosisCheck("main key", error)] }
        await pace(record.reference)
        return await mainKey.diagnose(for: environment.identity)
    }

    /// Has the store look at itself.
    package func diagnoseStore() async -> DiagnosisCheck {
        do throws(KeyStoreError) {
            guard let defect = try await store.defect() else { return DiagnosisCheck("store", .ok, "What it is made of is sound.") }
            return DiagnosisCheck(
                "store", .failed, "It is damaged: \(defect).",
                remedy: "Stop ekmd, keep a copy of the state directory, and restore a backup.")
        } catch { return DiagnosisCheck("store", .failed, error.message, remedy: error.remedy) }
    }
}

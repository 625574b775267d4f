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
}

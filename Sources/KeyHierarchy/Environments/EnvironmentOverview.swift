/// What the store holds of an environment, all of one moment.
package struct EnvironmentOverview: Sendable {
    package var record: EnvironmentRecord
    package var census: [CensusEntry]
    package var contents: EnvironmentContents

    package init(record: EnvironmentRecord, census: [CensusEntry], contents: EnvironmentContents) {
        self.record = record
        self.census = census
        self.contents = contents
    }
}

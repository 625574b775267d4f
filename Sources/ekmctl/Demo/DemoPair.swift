import EKMClient
import EKMWire

/// The two environments of the demonstration.
struct DemoPair {
    let first: String
    let second: String

    var names: [String] { [first, second] }

    func create(_ client: EKMClient, _ connection: ConnectionOptions, _ journal: inout DemoJournal) throws(Failure) {
        try journal.title("\nTwo customers, each with a main key of their own:")
        for name in names {
            let report = try connection.call { () throws(EKMClientError) in try client.blocking.createEnvironment(name) }
            try journal.text("created \(report.environment)   (\(report.mainKey.kind) main key)")
        }
    }

    func show(_ client: EKMClient, _ connection: ConnectionOptions, _ journal: inout DemoJournal) throws(Failure) {
        try journal.title("\nThe hierarchy that came of it:")
        for name in names {
            let report = try connection.call { () throws(EKMClientError) in try client.blocking.showEnvironment(name) }
            let counts = report.keys
            try journal.text(EnvironmentPicture(report).text + "\n")
            try journal.check("\(name) made its keys on demand", counts.hourly > 0 && counts.connection > 0 && counts.log == 1)
        }
    }

    /// Deletes both, and shows that what they encrypted went with them.
    func delete(_ client: EKMClient, _ connection: ConnectionOptions, _ journal: inout DemoJournal) throws(Failure) {
        try journal.title("\nAt the end, both are deleted, and their data with them:")
        let sample = try connection.call { () throws(EKMClientError) in
            try client.blocking.encrypt(Array("soon unreadable".utf8), environment: first, scope: .log)
        }
        for name in names {
            let report = try connection.call { () throws(EKMClientError) in try client.blocking.deleteEnvironment(name, confirmation: name)
            }
            try journal.text(
                "deleted \(name): \(report.hourlyKeys) hourly, \(report.connectionKeys) connection and \(report.logKeys) log keys")
        }
        try journal.refuses("a ciphertext of the deleted environment", [.unknownEnvironment, .unknownKey, .cannotDecrypt]) {
            () throws(EKMClientError) in _ = try client.blocking.decrypt(sample.ciphertext)
        }
    }

    /// Cleans up after a failure, as far as that is possible.
    func remove(_ client: EKMClient) {
        for name in names { _ = try? client.blocking.deleteEnvironment(name, confirmation: name) }
    }
}

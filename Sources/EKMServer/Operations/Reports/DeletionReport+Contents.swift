internal import EKMWire
internal import KeyHierarchy

extension DeletionReport {
    init(_ name: EnvironmentName, _ contents: EnvironmentContents) {
        self.init(
            environment: name.description, connectionKeys: contents.connectionKeys, hourlyKeys: contents.hourlyKeys,
            logKeys: contents.logKeys, firstHour: contents.firstHour?.start.description, lastHour: contents.lastHour?.start.description)
    }
}

/// How many keys of each kind an environment holds, and the hours they cover.
package struct EnvironmentContents: Hashable, Sendable {
    package var hourlyKeys: Int
    package var connectionKeys: Int
    package var logKeys: Int
    package var firstHour: Hour?
    package var lastHour: Hour?

    package init(hourlyKeys: Int = 0, connectionKeys: Int = 0, logKeys: Int = 0, firstHour: Hour? = nil, lastHour: Hour? = nil) {
        self.hourlyKeys = hourlyKeys
        self.connectionKeys = connectionKeys
        self.logKeys = logKeys
        self.firstHour = firstHour
        self.lastHour = lastHour
    }
}

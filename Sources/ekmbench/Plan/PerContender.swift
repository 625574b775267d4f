/// A value for each who is measured.
struct PerContender<Value> {
    var ekmd: Value
    var floor: Value
    var suite: Value

    init(_ value: (Contender) throws(Failure) -> Value) throws(Failure) {
        ekmd = try value(.ekmd)
        floor = try value(.floor)
        suite = try value(.suite)
    }

    subscript(contender: Contender) -> Value {
        get {
            switch contender {
            case .ekmd: ekmd
            case .floor: floor
            case .suite: suite
            }
        }
        set {
            switch contender {
            case .ekmd: ekmd = newValue
            case .floor: floor = newValue
            case .suite: suite = newValue
            }
        }
    }
}

extension PerContender: Codable where Value: Codable {}
extension PerContender: Sendable where Value: Sendable {}

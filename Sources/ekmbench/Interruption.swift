import CBench

/// Ctrl-C: noted, and found by whoever waits, so that children and temporary files go in the usual way.
enum Interruption {
    static func prepare() { ekm_catch_signals() }

    static func check() throws(Failure) {
        let signal = ekm_caught_signal()
        if signal != 0 { throw .interrupted(by: signal) }
    }
}

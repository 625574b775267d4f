import ArgumentParser

/// Whether a command stays and shows what goes on.
struct WatchOptions: ParsableArguments {
    @Flag(help: "Stay, and show what goes on until it has ended. Ctrl-C ends only the watching.")
    var watch = false
}

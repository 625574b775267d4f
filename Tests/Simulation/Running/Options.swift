/// What the command line says. No sets: the order of hash tables changes with every seed.
struct Options {
    var seeds: ClosedRange<UInt64>?
    var minutes: Double?
    var store = DaemonBase.Kind.memory
    var isTraced = false
    var kept: [Int]?
    var order: UInt64 = 0
    var commit = "unknown"
    /// Seeds that once failed, which run first; nil: none.
    var keptSeeds: String?
    /// Whether other seeds follow on those.
    var isFresh = true
    var shrinks = true
    var goesOn = false
    var showsHashes = false
    /// Kinds of events that do not happen: for a look behind what is known.
    var left: [PlanEvent.Kind] = []

    static let usage = """
        usage: Tests/simulate [--seed N | --seeds A..B] [--minutes M] [--store memory|sqlite] [--trace] …
               Tests/simulate --defects [NAME…]

          --seed N          one seed, to the letter as it ran before
          --seeds A..B      those seeds; without either: the seeds that once failed, then fresh ones
          --no-fresh        only the seeds that once failed
          --minutes M       ends after so many minutes of computing; 1 where there is no end otherwise
          --store KIND      memory, or sqlite: the real store over files that fail on command (memory)
          --trace           tells what happens
          --keep N,N…       only these of a seed's events, as a shortened sequence says
          --order N         another order of tasks and times, as a shortened sequence says
          --without KIND,…  leaves kinds of events out
          --no-shrink       looks for no shorter sequence
          --go-on           goes on after a finding, without looking for a shorter sequence
          --hashes          prints a hash of everything that happened, for each seed
          --defects NAME…   plants defects in a copy of the code, or those that are named, and has them found

        Exit code: 0 where nothing was found, 1 where something was, 64 where the arguments are wrong.
        """

    /// Nil where the arguments are wrong.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch option {
            case "--trace": isTraced = true
            case "--no-shrink": shrinks = false
            case "--no-fresh": isFresh = false
            case "--go-on": goesOn = true
            case "--hashes": showsHashes = true
            default:
                guard let value = rest.popFirst(), take(option, value) else { return nil }
            }
        }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--seed":
            guard let seed = UInt64(value) else { return false }
            seeds = seed...seed
        case "--seeds":
            let ends = value.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { return false }
            seeds = ends[0]...ends[1]
        case "--minutes":
            guard let number = Double(value), number > 0 else { return false }
            minutes = number
        case "--store":
            guard let kind = DaemonBase.Kind(rawValue: value) else { return false }
            store = kind
        case "--keep":
            let numbers = value.split(separator: ",").map { Int($0) }
            guard !numbers.contains(nil) else { return false }
            kept = numbers.compactMap(\.self)
        case "--order":
            guard let number = UInt64(value) else { return false }
            order = number
        case "--without":
            let kinds = value.split(separator: ",").map { PlanEvent.Kind(rawValue: String($0)) }
            guard !kinds.contains(nil) else { return false }
            left = kinds.compactMap(\.self)
        case "--commit": commit = value
        case "--kept-seeds": keptSeeds = value
        default: return false
        }
        return true
    }
}

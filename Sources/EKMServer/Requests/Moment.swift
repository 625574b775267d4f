internal import KeyHierarchy

/// What is looked up once for all frames of a read.
struct Moment {
    var now = BootInstant(nanoseconds: 0)
    var hour = Hour(number: 0)
    /// The authorizer's epoch.
    var grants: UInt64 = 0
    /// Counts the loop's reads.
    var read: UInt64 = 0
}

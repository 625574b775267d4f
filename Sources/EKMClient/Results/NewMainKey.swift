public import EKMWire

/// The main key that an environment is to get.
public enum NewMainKey: Sendable {
    /// Made and kept by the daemon.
    case managed
    /// 32 bytes that the customer uploads. Wipe the array when it is no longer needed.
    case material([UInt8])
    /// A key in a customer's KMS, which never leaves it.
    case kms(KMSKey)
}

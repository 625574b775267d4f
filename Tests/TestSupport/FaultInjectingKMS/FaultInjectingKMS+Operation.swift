extension FaultInjectingKMS {
    /// What a client can ask for: the operations of KMS and STS, and the addresses where instances and containers find credentials.
    package enum Operation: String, CaseIterable, Sendable {
        case encrypt = "Encrypt"
        case decrypt = "Decrypt"
        case describeKey = "DescribeKey"
        case getKeyRotationStatus = "GetKeyRotationStatus"
        case listKeyRotations = "ListKeyRotations"
        case reEncrypt = "ReEncrypt"
        case getKeyPolicy = "GetKeyPolicy"
        case listGrants = "ListGrants"
        case assumeRole = "AssumeRole"
        case assumeRoleWithWebIdentity = "AssumeRoleWithWebIdentity"
        case getCallerIdentity = "GetCallerIdentity"
        /// `PUT /latest/api/token` of IMDSv2.
        case instanceToken = "InstanceToken"
        /// The name of the instance's role.
        case instanceRole = "InstanceRole"
        /// The credentials of the instance's role.
        case instanceCredentials = "InstanceCredentials"
        /// The credentials of a container: ``FaultInjectingKMS/containerCredentialsPath``.
        case containerCredentials = "ContainerCredentials"
        case unknown = "Unknown"

        var isSTS: Bool {
            switch self {
            case .assumeRole, .assumeRoleWithWebIdentity, .getCallerIdentity: true
            default: false
            }
        }

        var isKMS: Bool {
            switch self {
            case .encrypt, .decrypt, .describeKey, .getKeyRotationStatus, .listKeyRotations, .reEncrypt, .getKeyPolicy, .listGrants: true
            default: false
            }
        }
    }
}

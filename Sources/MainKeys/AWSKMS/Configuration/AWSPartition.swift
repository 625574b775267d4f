/// A part of AWS with regions, names and accounts of its own.
enum AWSPartition: String, Sendable {
    case aws
    case china = "aws-cn"
    case government = "aws-us-gov"
    case iso = "aws-iso"
    case isoB = "aws-iso-b"
    case isoE = "aws-iso-e"
    case isoF = "aws-iso-f"
    case europe = "aws-eusc"

    init(region: String) {
        self =
            switch true {
            case region.hasPrefix("cn-"): .china
            case region.hasPrefix("us-gov-"): .government
            case region.hasPrefix("us-isob-"): .isoB
            case region.hasPrefix("us-isof-"): .isoF
            case region.hasPrefix("us-iso-"): .iso
            case region.hasPrefix("eu-isoe-"): .isoE
            case region.hasPrefix("eusc-"): .europe
            default: .aws
            }
    }

    var suffix: String {
        switch self {
        case .aws, .government: "amazonaws.com"
        case .china: "amazonaws.com.cn"
        case .iso: "c2s.ic.gov"
        case .isoB: "sc2s.sgov.gov"
        case .isoE: "cloud.adc-e.uk"
        case .isoF: "csp.hci.ic.gov"
        case .europe: "amazonaws.eu"
        }
    }

    /// For endpoints that speak IPv6 too; nil where the partition has none.
    var dualStackSuffix: String? {
        switch self {
        case .aws, .government: "api.aws"
        case .china: "api.amazonwebservices.com.cn"
        case .europe: "api.amazonwebservices.eu"
        case .iso, .isoB, .isoE, .isoF: nil
        }
    }
}

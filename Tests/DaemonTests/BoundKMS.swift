import TestSupport

/// What a daemon finds in its environment to sign requests with.
enum BoundKMS {
    static let credentials = [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
    ]
}

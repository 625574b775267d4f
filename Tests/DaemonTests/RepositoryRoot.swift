import Foundation

/// The checkout that the tests were built from.
enum RepositoryRoot {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
}

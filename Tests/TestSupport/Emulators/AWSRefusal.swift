/// An error that an emulator answered with.
package struct AWSRefusal: Error, CustomStringConvertible {
    package let status: Int
    package let code: String
    package let message: String

    package var description: String { "\(status) \(code): \(message)" }
}

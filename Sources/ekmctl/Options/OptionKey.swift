/// The key of an option in a decoder: any.
struct OptionKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }

    /// A property's name would have no hyphens.
    static func label(of name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}

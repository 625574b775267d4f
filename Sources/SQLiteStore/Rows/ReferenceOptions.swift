/// The options of a main key's reference as one value: `name ‖ value` by name, each a length (u32, big-endian) and UTF-8.
enum ReferenceOptions {
    static func encode(_ options: [String: String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in options.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            bytes.append(prefixed: name.utf8)
            bytes.append(prefixed: value.utf8)
        }
        return bytes
    }

    /// Nil unless it is exactly what `encode` makes.
    static func decode(_ bytes: [UInt8]) -> [String: String]? {
        var rest = bytes[...]
        var options: [String: String] = [:]
        while !rest.isEmpty {
            guard let name = takeText(&rest), let value = takeText(&rest) else { return nil }
            options[name] = value
        }
        return encode(options) == bytes ? options : nil
    }

    private static func takeText(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return String(validating: rest.prefix(count), as: UTF8.self)
    }
}

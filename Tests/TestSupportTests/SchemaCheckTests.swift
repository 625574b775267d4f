import JSONSchema
import Testing

@Suite("The check of a value against a schema")
struct SchemaCheckTests {
    /// A schema, a value that it allows, and one that it does not.
    static let cases: [(schema: String, right: String, wrong: String)] = [
        (#"{"type": "string"}"#, #""a""#, "1"),
        (#"{"type": "integer"}"#, "7", "7.5"),
        (#"{"type": "integer"}"#, "1", "true"),
        (#"{"type": "number"}"#, "7.5", #""7""#),
        (#"{"type": "boolean"}"#, "false", "0"),
        (#"{"type": "null"}"#, "null", "0"),
        (#"{"type": ["string", "null"]}"#, "null", "[]"),
        (#"{"const": "a"}"#, #""a""#, #""b""#),
        (#"{"enum": ["a", null]}"#, "null", #""b""#),
        (#"{"minimum": 1}"#, "1", "0"),
        (#"{"pattern": "^[a-z]+$"}"#, #""ab""#, #""a1""#),
        (#"{"type": "object", "required": ["a"]}"#, #"{"a": 1}"#, #"{"b": 1}"#),
        (#"{"properties": {"a": {"type": "string"}}}"#, #"{"a": "", "b": 1}"#, #"{"a": 1}"#),
        (#"{"properties": {"a": {}}, "additionalProperties": false}"#, #"{"a": 1}"#, #"{"a": 1, "b": 1}"#),
        (#"{"additionalProperties": {"type": "integer"}}"#, #"{"a": 1}"#, #"{"a": "1"}"#),
        (#"{"propertyNames": {"enum": ["a"]}}"#, #"{"a": 1}"#, #"{"b": 1}"#),
        (#"{"items": {"type": "integer"}}"#, "[1, 2]", #"[1, "2"]"#),
        (#"{"anyOf": [{"type": "string"}, {"const": 1}]}"#, "1", "2"),
        (#"{"oneOf": [{"type": "integer"}, {"minimum": 5}]}"#, "4", "6"),
        (##"{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}"##, #""a""#, "1"),
        (##"{"$ref": "other.schema.json#/$defs/a"}"##, #""a""#, "1"),
        (##"{"items": {"$ref": "#"}, "type": "array"}"##, "[[], [[]]]", "[[], 1]"),
        (#"{"description": "a", "format": "date-time", "type": "string"}"#, #""no date""#, "1"),
        (#"{"properties": {"a": {"properties": {"b": {"type": "null"}}}}}"#, #"{"a": {"b": null}}"#, #"{"a": {"b": 1}}"#),
    ]

    private static func check(_ schema: String, _ value: String) throws -> SchemaCheck {
        let documents = [
            "it.schema.json": try JSONValue(parsing: Array(schema.utf8)),
            "other.schema.json": try JSONValue(parsing: Array(#"{"$defs": {"a": {"type": "string"}}}"#.utf8)),
        ]
        return SchemaLibrary(documents).check(try JSONValue(parsing: Array(value.utf8)), against: "it")
    }

    @Test("allows what the schema allows, and nothing else", arguments: cases.indices)
    func keywords(index: Int) throws {
        let (schema, right, wrong) = Self.cases[index]
        #expect(try Self.check(schema, right).violations == [])
        #expect(try Self.check(schema, wrong).violations.count >= 1, "\(schema) allows \(wrong)")
    }

    @Test(
        "fails where it would have to guess: a keyword that it does not know, a reference to nothing, no schema",
        arguments: [#"{"maxLength": 1}"#, ##"{"$ref": "#/$defs/b"}"##, ##"{"$ref": "none.schema.json"}"##, "1", "false"])
    func unknown(schema: String) throws {
        #expect(try Self.check(schema, #""a""#).violations.count == 1)
    }

    @Test("says where the violation is")
    func place() throws {
        let check = try Self.check(#"{"properties": {"a": {"items": {"type": "string"}}}}"#, #"{"a": ["", 1]}"#)
        #expect(check.violations.count == 1 && check.violations.first?.hasPrefix("/a/1: ") == true)
    }

    @Test("knows which properties it met, with a value or null, and only in the branches that hold")
    func met() throws {
        let schema = #"{"anyOf": [{"properties": {"a": {"type": "null"}}}, {"properties": {"a": {"type": "string"}}}]}"#
        let second = SchemaLocation("it.schema.json", ["anyOf", "1", "properties", "a"])
        #expect(try Self.check(schema, #"{"a": ""}"#).met == [second: [.value]])
        let first = SchemaLocation("it.schema.json", ["anyOf", "0", "properties", "a"])
        #expect(try Self.check(schema, #"{"a": null}"#).met == [first: [.null]])
    }

    @Test("and the library knows every property that it describes")
    func properties() throws {
        let schema = #"{"properties": {"a": {"items": {"properties": {"b": {}}}}}, "$defs": {"c": {"properties": {"d": {}}}}}"#
        let library = SchemaLibrary(["it.schema.json": try JSONValue(parsing: Array(schema.utf8))])
        #expect(library.properties.compactMap(\.pointer.last).sorted() == ["a", "b", "d"])
    }
}

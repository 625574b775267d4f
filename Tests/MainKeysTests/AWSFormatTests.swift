import Bedrock
import Cryptography
import Testing

@testable import MainKeys

@Suite("Formats of AWS answers") struct AWSFormatTests {
    @Test("Base64 goes there and back for every length and byte") func base64() throws {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let text = WipedBytes(capacity: 0)
            Base64.append(bytes.span.bytes, to: text)
            let document = try JSONDocument(WipedBytes("{\"a\":\"\(text.text(0..<text.count) ?? "")\"}"))
            #expect(document.base64("a") == bytes)
        }
        let all = WipedBytes(capacity: 0)
        Base64.append(([0x00, 0x10, 0x83, 0x10, 0x51, 0x87, 0xFB, 0xEF, 0xFF] as [UInt8]).span.bytes, to: all)
        #expect(all.text(0..<all.count) == "ABCDEFGH++//")
    }

    @Test(
        "What is not whole base64 is none",
        arguments: ["a", "ab", "abc", "abc*", "ab=c", "a===", "=", "abcd=", "YR==", "YWJ=", "ab c", "abcd===="])
    func refusesBase64(_ text: String) throws {
        #expect(try JSONDocument(WipedBytes("{\"a\":\"\(text)\"}")).base64("a") == nil)
    }

    @Test("A secret comes out of its base64, escapes and all, and none that is too long or no base64") func secret() throws {
        let long = String(repeating: "QUJD", count: 22)
        let document = try JSONDocument(WipedBytes(#"{"a":"QU\u004aD\/\/8=","b":"\#(long)","c":1,"d":"+/A=="}"#))
        var isRight = false
        if let found = try document.secretBytes("a") {
            isRight = found.isEqual(to: ([0x41, 0x42, 0x43, 0xFF, 0xFF] as [UInt8]).span.bytes)
        }
        #expect(isRight)
        for name in ["b", "c", "d", "e"] {
            var isThere = false
            if (try document.secretBytes(name)) != nil { isThere = true }
            #expect(!isThere, "\(name)")
        }
    }

    @Test("Texts, numbers and nested members are found; others are not") func finds() throws {
        let document = try JSONDocument(
            WipedBytes(
                #" { "KeyMetadata" : {"Arn":"arn:\u00e4\ud83d\ude00\n","DeletionDate":1.7957E9,"Enabled":true,"L":[{"Arn":"no"},null]}, "Arn":"top" } "#
            ))
        #expect(document.text("KeyMetadata", "Arn") == "arn:ä😀\n")
        #expect(document.text("Arn") == "top")
        #expect(document.seconds("KeyMetadata", "DeletionDate") == 1_795_700_000)
        #expect(document.text("KeyMetadata", "Enabled") == nil)
        #expect(document.text("L", "Arn") == nil)
        #expect(document.text("Nothing", "Arn") == nil)
    }

    @Test("The elements of an array are found, each with its own members") func elements() throws {
        let document = try JSONDocument(
            WipedBytes(#"{"L":[{"a":"1","n":5},{"a":"2","in":{"b":"3"}},7,[{"a":"no"}]],"E":[],"T":true,"F":false,"N":null,"a":"top"}"#))
        let elements = try #require(document.elements("L"))
        #expect(elements.count == 4)
        #expect(elements.map { $0.text("a") } == ["1", "2", nil, nil])
        #expect(elements[0].seconds("n") == 5)
        #expect(elements[1].text("in", "b") == "3")
        #expect(document.elements("E")?.isEmpty == true)
        #expect(document.elements("a") == nil)
        #expect(document.elements("L", "a") == nil)
        #expect(document.flag("T") == true && document.flag("F") == false)
        #expect(document.flag("N") == nil && document.flag("a") == nil && document.flag("none") == nil)
    }

    @Test(
        "What is not JSON, or more than we take, is refused",
        arguments: [
            "", " ", "{", "{}}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "[1,]", "\"a", "\"a\\", "{\"a\":\"\n\"}", "nul", "1e",
            "{\"a\":1,\"a\":2}",
            String(repeating: "[", count: 20) + String(repeating: "]", count: 20), "{\"a\":1} x", "<html></html>",
        ]) func refuses(_ text: String)
    {
        #expect(throws: JSONDocument.Malformed.self) { try JSONDocument(WipedBytes(text)) }
    }

    @Test("No prefix and no changed byte of an answer does any harm") func survivesChanges() throws {
        let text =
            #"{"KeyId":"arn:aws:kms:eu-central-1:1:key/2","Plaintext":"QUJD\/\u0041==","n":[1,-2.5e3,true,null,{"x":"\ud83d\ude00"}]}"#
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count { #expect((try? JSONDocument(WipedBytes(bytes[..<length]))) == nil) }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3) { changed[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255, using: &generator) }
            guard let document = try? JSONDocument(WipedBytes(changed)) else { continue }
            _ = document.text("KeyId")
            _ = document.base64("Plaintext")
            _ = try document.secretBytes("Plaintext")
            _ = document.text("n", "x")
        }
    }

    @Test("A body that is written can be read") func writes() throws {
        var body = JSONBody()
        body.add("KeyId", "a\"b\\c\u{1}ä")
        body.add("Plaintext", base64: ([1, 2, 3] as [UInt8]).span.bytes)
        body.add("EncryptionContext", [(key: "a", value: "b"), (key: "c", value: "d")])
        let document = try JSONDocument(body.finish())
        #expect(document.text("KeyId") == "a\"b\\c\u{1}ä")
        #expect(document.base64("Plaintext") == [1, 2, 3])
        #expect(document.text("EncryptionContext", "c") == "d")
    }

    @Test("A form escapes what is not plain") func form() {
        var form = FormBody()
        form.add("Action", "AssumeRole")
        form.add("ExternalId", "a b/+ä~")
        let bytes = form.finish()
        #expect(bytes.text(0..<bytes.count) == "Action=AssumeRole&ExternalId=a%20b%2F%2B%C3%A4~")
    }

    @Test("Elements of an XML answer are found by their path") func xml() {
        let answer = XMLAnswer(
            WipedBytes(
                "<R xmlns=\"x\"><AssumeRoleResult><Credentials><SessionToken>a&amp;b&lt;</SessionToken><Empty></Empty></Credentials></AssumeRoleResult></R>"
            ))
        #expect(answer.text("Credentials", "SessionToken") == "a&b<")
        #expect(answer.text("Credentials", "Empty") == "")
        #expect(answer.text("R", "Credentials", "SessionToken") == "a&b<")
        #expect(answer.text("Error", "Code") == nil)
        #expect(XMLAnswer(WipedBytes("<a>&nbsp;</a>")).text("a") == nil)
        #expect(XMLAnswer(WipedBytes("<a>b")).text("a") == nil)
    }
}

import Cryptography
import Testing

@Suite("Key wrapping") struct KeyWrapperTests {
    let place = Array("environment, kind, id, version".utf8)

    @Test("A wrapped key opens to the same key, and is 40 bytes longer", arguments: [1, 16, 32, 64])
    func roundTrip(size: Int) throws {
        let wrapper = try KeyWrapper(wrapping: .random(byteCount: 32))
        let secret = try SecretBytes.random(byteCount: size)
        let wrapped = try wrapper.wrap(secret, place: place)
        #expect(wrapped.count == size + KeyWrapper.overhead)
        let opened = try wrapper.unwrap(wrapped.span.bytes, place: place)
        #expect(opened.revealed() == secret.revealed())
        let again = try wrapper.wrap(secret, place: place)
        #expect(again != wrapped)
    }

    @Test("It is XAES-256-GCM under the key's wrap key, with the place as associated data")
    func composition() throws {
        let key = try SecretBytes.random(byteCount: 32)
        let secret = try SecretBytes.random(byteCount: 32)
        let wrapped = try KeyWrapper(wrapping: key).wrap(secret, place: place)
        let opened = try XAES256GCM(key: KeyUse.wrap.key(from: key).revealed())
            .open(nonce: Array(wrapped.prefix(24)), associatedData: place, sealed: Array(wrapped.dropFirst(24)))
        #expect(opened == secret.revealed())
    }

    @Test("Another place, another key, a changed bit or a missing byte does not open")
    func refused() throws {
        let wrapper = try KeyWrapper(wrapping: .random(byteCount: 32))
        let wrapped = try wrapper.wrap(.random(byteCount: 32), place: place)
        func refuses(_ wrapper: KeyWrapper, _ wrapped: [UInt8], _ place: [UInt8]) {
            #expect(throws: CryptographyError.cannotOpen) { _ = try wrapper.unwrap(wrapped.span.bytes, place: place) }
        }
        refuses(wrapper, wrapped, place + [0])
        refuses(wrapper, wrapped, [])
        refuses(try KeyWrapper(wrapping: .random(byteCount: 32)), wrapped, place)
        for bit in 0..<wrapped.count * 8 { refuses(wrapper, wrapped.flipping(bit: bit), place) }
        for size in 0..<wrapped.count { refuses(wrapper, Array(wrapped.prefix(size)), place) }
        refuses(wrapper, wrapped + [UInt8](repeating: 0, count: 100), place)
    }
}

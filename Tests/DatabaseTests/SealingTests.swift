/// Sealing: opens only what was sealed here, for this row, with a key we have.
import Foundation
import Testing

@testable import Database

@Suite("Sealing")
struct SealingTests {
    private let first = Array(repeating: 1, count: 32) as [UInt8], second = Array(repeating: 2, count: 32) as [UInt8]
    private let place = "booking_token|bt_1|ws_1"

    @Test("a secret comes back at its own place and nowhere else")
    func bound() throws {
        let keyring = try Keyring(keys: [first])
        let sealed = keyring.seal(Array("secret".utf8), bound: place)
        #expect(try keyring.open(sealed, bound: place) == Array("secret".utf8))
        #expect(throws: SealingError.forged) { try keyring.open(sealed, bound: "booking_token|bt_2|ws_1") }
        #expect(keyring.seal(Array("secret".utf8), bound: place) != sealed)
    }

    @Test("the same secret is sealed differently each time: no nonce comes twice")
    func nonces() throws {
        let keyring = try Keyring(keys: [first])
        let sealed = Set((0..<10_000).map { _ in keyring.seal([1, 2, 3], bound: place) })
        #expect(sealed.count == 10_000)
    }

    @Test("any changed byte is noticed")
    func changed() throws {
        let keyring = try Keyring(keys: [first])
        let sealed = keyring.seal([1, 2, 3], bound: place)
        for index in sealed.indices {
            var forged = sealed
            forged[index] ^= 1
            #expect(throws: SealingError.forged) { try keyring.open(forged, bound: place) }
        }
        for length in 0..<sealed.count {
            #expect(throws: SealingError.forged) { try keyring.open(Array(sealed.prefix(length)), bound: place) }
        }
    }

    @Test("a former key still opens, an unknown one does not")
    func rotation() throws {
        let old = try Keyring(keys: [first]), new = try Keyring(keys: [second, first])
        let sealed = old.seal([9], bound: place)
        #expect(try new.open(sealed, bound: place) == [9])
        #expect(throws: SealingError.forged) { try old.open(new.seal([9], bound: place), bound: place) }
        #expect(new.isMAC(old.mac([1], purpose: "form"), of: [1], purpose: "form"))
    }

    @Test("a code holds for its bytes and purpose only")
    func codes() throws {
        let keyring = try Keyring(keys: [first])
        let code = keyring.mac([1, 2], purpose: "form")
        #expect(code.count == 32 && keyring.isMAC(code, of: [1, 2], purpose: "form"))
        #expect(!keyring.isMAC(code, of: [1, 2], purpose: "visitor"))
        #expect(!keyring.isMAC(code, of: [1, 3], purpose: "form"))
    }

    @Test("SHA-256 is the standard's")
    func hash() {
        let hex = sha256(Array("abc".utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("the key file is made once, for its owner's eyes only, and read again")
    func file() throws {
        let file = FileManager.default.temporaryDirectory.appending(component: "key-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(throws: SealingError.self) { try Keyring.load(file: file, creating: false) }
        let sealed = try Keyring.load(file: file, creating: true).seal([5], bound: place)
        #expect(try Keyring.load(file: file, creating: true).open(sealed, bound: place) == [5])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try Data("not base64!\n".utf8).write(to: URL(filePath: file))
        #expect(throws: SealingError.self) { try Keyring.load(file: file, creating: true) }
        try Data("# only a comment\n".utf8).write(to: URL(filePath: file))
        #expect(throws: SealingError.self) { try Keyring.load(file: file, creating: true) }
    }
}

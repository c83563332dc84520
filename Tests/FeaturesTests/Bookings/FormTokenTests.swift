/// The signed value in public forms: what is ours is read back, what was touched is not ours.
import Database
import Scheduling
import Testing

@testable import Features

struct FormTokenTests {
    private let keyring: Keyring
    private let token: FormToken

    init() throws {
        keyring = try Keyring(keys: [[UInt8](repeating: 7, count: 32)])
        token = FormToken(world: World(clock: .standing(at: monday), entropy: .seeded(1), zones: Stage.zones))
    }

    @Test("what was signed is read back, with a hold and without")
    func roundTrip() {
        #expect(FormToken(token.text(keyring: keyring), keyring: keyring) == token)
        var held = token
        held.hold = "hold-token"
        #expect(FormToken(held.text(keyring: keyring), keyring: keyring) == held)
        #expect(token.visitor != token.key && token.visitor.utf8.count == 43)
    }

    @Test("a form that was open while the key changed is still ours, until its key is gone")
    func rotation() throws {
        let text = token.text(keyring: keyring)
        let (new, old) = ([UInt8](repeating: 8, count: 32), [UInt8](repeating: 7, count: 32))
        #expect(FormToken(text, keyring: try Keyring(keys: [new, old])) == token)
        #expect(FormToken(text, keyring: try Keyring(keys: [new])) == nil)
    }

    @Test("a token cut anywhere, or with one sign changed, is not ours")
    func touched() {
        let text = Array(token.text(keyring: keyring).utf8)
        for index in text.indices {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(FormToken(String(decoding: changed, as: UTF8.self), keyring: keyring) == nil, "sign \(index)")
            #expect(FormToken(String(decoding: text[..<index], as: UTF8.self), keyring: keyring) == nil,
                "cut at \(index)")
        }
    }

    @Test("parts swapped, added or left out, and the words of another installation, are not ours")
    func rearranged() throws {
        let parts = token.text(keyring: keyring).split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        let tries = [
            [parts[1], parts[0], parts[2]], [parts[0], parts[1], parts[1], parts[2]], [parts[0], parts[2]],
            [parts[0], parts[1], parts[2], parts[2]], ["", parts[0], parts[1], parts[2]], [parts[2]], [""],
        ]
        for attempt in tries {
            let text = attempt.joined(separator: ".")
            #expect(FormToken(text, keyring: keyring) == nil, "\(attempt.count)")
        }
        let theirs = try Keyring(keys: [[UInt8](repeating: 8, count: 32)])
        #expect(FormToken(token.text(keyring: theirs), keyring: keyring) == nil)
        #expect(FormToken(nil, keyring: keyring) == nil)
    }
}

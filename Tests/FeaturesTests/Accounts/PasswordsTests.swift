/// Passwords: which may be chosen, and that hashing is what it says. Few hashes: each is meant to be slow.
import Features
import Testing

struct PasswordsTests {
    @Test("what is too short, too long or everybody's favourite is refused in words", arguments: [
        ("", PasswordObjection.tooShort), ("a", .tooShort), ("1234567", .tooShort), ("éééé", .tooShort),
        ("password", .common), ("PassWord1", .common), ("12345678", .common), ("qwertyuiop", .common),
        (String(repeating: "a", count: 257), .tooLong), (String(repeating: "👩‍👩‍👧", count: 100), .tooLong),
    ])
    func refused(password: String, objection: PasswordObjection) {
        #expect(Passwords.objection(to: password) == objection)
        #expect(!objection.words.isEmpty)
    }

    @Test("what is long enough and nobody's favourite may be chosen", arguments: [
        "drei ruhige Flüsse", "正確馬電池訂書釘", "a\u{0}b and more", String(repeating: "xy", count: 128), "password of mine",
    ])
    func accepted(password: String) {
        #expect(Passwords.objection(to: password) == nil)
    }

    @Test("a hash is Argon2id with 19 MiB and two passes, fits its own password only, and none fits no hash")
    func hashing() async throws {
        let passwords = Passwords()
        let hash = try await passwords.hash("a\u{0}b and more")

        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await passwords.verify("a\u{0}b and more", against: hash))
        // A password that ends at its NUL would be the same as this one.
        #expect(try await !passwords.verify("a", against: hash))
        #expect(try await !passwords.verify("anything", against: nil))
    }

    @Test("a hash of weaker settings is to be made again, one of today's is not, nor is nonsense taken for a hash")
    func rehashing() async throws {
        let passwords = Passwords()
        let weak = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$aXQgZG9lcyBub3QgbWF0dGVyIHdoYXQgaXQgaXM"
        let today = "$argon2id$v=19$m=19456,t=2,p=1$qczMmTCrRTWHB7ShDoj+LA$YCW8V3fSx2vIVQyEaITDuwwi+7+Jv27CrwThqS5UBkg"
        #expect(passwords.needsRehash(weak))
        #expect(!passwords.needsRehash(today))
        #expect(try await !passwords.verify("x", against: "not a hash"))
    }

    @Test("an unknown address costs as much work as a wrong password")
    func sameWork() async throws {
        let passwords = Passwords()
        let hash = try await passwords.hash("three calm rivers")
        #expect(passwords.hashesComputed == 1)
        #expect(try await !passwords.verify("wrong", against: hash))
        #expect(passwords.hashesComputed == 2)
        #expect(try await !passwords.verify("wrong", against: nil))
        #expect(passwords.hashesComputed == 3)
        // The same settings are the same work: counted, not timed, for other tests run beside this one.
        #expect(!passwords.needsRehash(Passwords.nobody))
    }
}

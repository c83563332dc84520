/// The public address: the only source of links, of UIDs and of Message-IDs.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct InstallationTests {
    @Test("the host of the public address is what stands between scheme and port, links begin with the address",
          arguments: [
              ("https://meet.example.org", "meet.example.org"), ("http://127.0.0.1:8080", "127.0.0.1"),
              ("http://localhost:80", "localhost"),
          ])
    func addresses(address: String, host: String) async throws {
        try await withDatabase(.sqlite) { database in
            let world = World(clock: .standing(at: monday), entropy: .seeded(1), zones: Stage.zones)
            let installation = Installation(
                database: database, world: world, keyring: try Keyring(keys: [[UInt8](repeating: 7, count: 32)]),
                address: address, mailFrom: "a@b.example")
            let slug = "a b"
            #expect(installation.host == host)
            #expect(installation.url(Path("/book/\(slug)")) == "\(address)/book/a%20b")
        }
    }
}

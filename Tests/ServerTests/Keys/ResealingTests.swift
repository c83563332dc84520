/// Nothing sealed is forgotten when the key changes, and the doctor says how far it is.
import Fakes
import Testing

@testable import Database
@testable import Server

@Suite("Sealing everything anew")
struct ResealingTests {
    /// Bytes that no key opens: hashes, and mails as they were written.
    private let plain = #/_hash$|^local_mail\.raw$|^hold\.visitor$|\.client$|^webhook_received\.body$/#

    @Test("every column of sealed bytes is known, and no other", arguments: Engine.all)
    func columns(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let columns = try await db.lookUp { try $0.byteColumns() }.filter { !$0.contains(plain) }
            #expect(columns.sorted() == App.sealed.map { "\($0.table).\($0.column)" }.sorted())
            let keyring = try Keyring(keys: [[UInt8](repeating: 1, count: 32)])
            let counts = try await db.sealedCounts(App.sealed, by: keyring)
            #expect(counts.all == 0)
        }
    }

    @Test("the doctor says what still needs a former key, when it can go, and what nothing opens")
    func doctor() throws {
        let (a, b) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        let (one, two) = (try Keyring(keys: [a]), try Keyring(keys: [b, a]))
        var counts = SealedCounts()
        counts.first = 7
        #expect(counts.finding(one) == nil)
        #expect(counts.finding(two)?.text.contains("all 7 values: the former ones can be removed") == true)
        counts.former = 2
        #expect(counts.finding(two)?.text.hasPrefix("2 of 9 sealed values need a former key") == true)
        #expect(counts.finding(two)?.level == .ok)
        counts.unknown = 1
        #expect(counts.finding(one)?.text.hasPrefix("1 of 10 sealed values open with no key") == true)
        #expect(counts.finding(one)?.level == .warn)
    }
}

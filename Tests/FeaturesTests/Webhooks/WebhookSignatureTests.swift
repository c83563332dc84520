/// Signatures as Standard Webhooks 1.0 has them: its published example, and every way in which one can be wrong.
import Foundation
import Scheduling
import Testing

@testable import Features

struct WebhookSignatureTests {
    /// The example of the specification's own libraries.
    private static let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private static let at = Instant(1_614_265_330)
    private static let body = Array("{\"test\": 2432232314}".utf8)
    private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func verifies(
        id: String = id, timestamp: String = "1614265330", _ signatures: String = signature, body: [UInt8] = body,
        now: Instant = at
    ) throws -> Bool {
        try #require(WebhookSecret(Self.text))
            .verifies(id: id, timestamp: timestamp, signatures: signatures, body: body, now: now)
    }

    @Test("the example of the specification comes out")
    func example() throws {
        let secret = try #require(WebhookSecret(Self.text))
        #expect(secret.signature(id: Self.id, at: Self.at, body: Self.body) == Self.signature)
        #expect(try verifies())
    }

    @Test("one of several signatures is enough, as during a rotation")
    func several() throws {
        #expect(try verifies("v1,AAAA v2,xyz \(Self.signature)"))
        #expect(try !verifies("v1,AAAA v2,xyz"))
    }

    @Test("anything else in the message makes it somebody else's")
    func wrong() throws {
        #expect(try !verifies(id: "msg_other") && !verifies(id: ""))
        #expect(try !verifies(timestamp: "1614265331") && !verifies(timestamp: "x") && !verifies(timestamp: ""))
        #expect(try !verifies(timestamp: "+1614265330") && !verifies(timestamp: "01614265330"))
        #expect(try !verifies("") && !verifies("v1,") && !verifies(String(Self.signature.dropFirst(3))))
        #expect(try !verifies("v1a" + Self.signature.dropFirst(2)))
        for index in Self.body.indices {
            var body = Self.body
            body[index] ^= 1
            #expect(try !verifies(body: body))
        }
    }

    @Test("five minutes of difference are allowed, one second more is not")
    func time() throws {
        for (seconds, isGood) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
            #expect(try verifies(now: Self.at.adding(seconds: Int64(seconds))) == isGood, "\(seconds)")
        }
    }

    @Test("a secret has its prefix and 24 to 64 bytes; a new one can be read again")
    func secrets() {
        for bad in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!", "whsec_AAAA"] {
            #expect(WebhookSecret(bad) == nil, "\(bad)")
        }
        let new = WebhookSecret.new(.seeded(3))
        #expect(WebhookSecret(new.text) == new && new.text != WebhookSecret.new(.seeded(4)).text)
    }
}

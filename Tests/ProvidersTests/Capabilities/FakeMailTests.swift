/// The mail server in memory behaves like a real one where tests rely on it.
import Testing

import Capabilities
import Fakes

struct FakeMailTests {
    @Test("it keeps mails, fails on the call asked for, and refuses what cannot be sent")
    func behaviour() async throws {
        let mail = FakeMail()
        _ = try await mail.send(Samples.mail())
        mail.fail(call: 2)
        _ = try await mail.send(Samples.mail(to: "b@example.com"))
        await #expect(throws: ProviderError.self) { try await mail.send(Samples.mail()) }
        var hostile = Samples.mail()
        hostile.subject = "A\r\nBcc: x"
        await #expect(throws: ProviderError.self) { try await mail.send(hostile) }

        #expect(mail.sent.map(\.to.address.text) == ["sam@example.com", "b@example.com"])
        #expect(mail.calls == 4)
        mail.failAlways(with: ProviderError(.signInAgain, "asked"))
        await #expect(throws: ProviderError.self) { try await mail.send(Samples.mail()) }
    }
}

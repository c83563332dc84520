/// Mail handed to a real server: what arrives, and what each kind of refusal is called.
import Foundation
import Scheduling
import Testing

import Capabilities
import Fakes
import Providers

@Suite(.serialized)
struct SMTPMailTests {
    @Test("a mail arrives as it was built, over one connection for many")
    func delivery() async throws {
        let server = try MailServer()
        let mail = SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(server.port)"))
        for _ in 0..<3 { #expect(try await mail.send(Samples.mail()).note.hasPrefix("250 2.0.0 queued as")) }

        #expect(server.mails == Array(repeating: try MIMEMessage(Samples.mail()).bytes, count: 3))
        #expect(server.connections == 1)
        let envelope = server.envelopes[0]
        #expect(envelope["sender"] as? String == "bookings@sched.example.org")
        #expect(envelope["recipients"] as? [String] == ["sam@example.com"])
        #expect(envelope["name"] as? String == "sched.example.org")
        _ = try MailOracle.read(server.mails)
    }

    @Test("a large text full of dots arrives whole")
    func dots() async throws {
        let server = try MailServer()
        var large = Samples.mail()
        large.text = String(repeating: ".\n..\r\n. .\r\n\r\n.QUIT\r\n", count: 20_000)
        _ = try await SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(server.port)")).send(large)

        #expect(server.mails == [try MIMEMessage(large).bytes])
    }

    @Test("refusals keep their reason, and the next mail goes through", arguments: [
        ("e550@example.com", ProviderError.Reason.refused(code: 550)), ("e451@example.com", .unavailable),
        ("g451@example.com", .limited(until: nil)), ("e552@example.com", .refused(code: 552)),
        ("d554@example.com", .refused(code: 554)), ("d451@example.com", .unavailable),
        ("e421@example.com", .unavailable),
        ("b535@example.com", .signInAgain), ("m550@example.com", .refused(code: 550)),
    ])
    func refusals(recipient: String, reason: ProviderError.Reason) async throws {
        let server = try MailServer()
        let mail = SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(server.port)"))
        let error = await failure(of: mail, Samples.mail(to: recipient))

        #expect(error?.reason == reason)
        #expect(error?.detail.contains(try Regex("[45]\\d\\d ")) == true)
        #expect(error?.detail.unicodeScalars.allSatisfy { !$0.isControl } == true)
        _ = try await mail.send(Samples.mail())
        #expect(server.mails.count == 1)
    }

    @Test("both lines of a long reply are kept")
    func longReply() async throws {
        let server = try MailServer()
        let mail = SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(server.port)"))
        let detail = await failure(of: mail, Samples.mail(to: "m550@example.com"))?.detail ?? ""
        #expect(detail.contains("no such mailbox") && detail.contains("ask the postmaster"))
    }

    @Test("a user name and password are used, wrong ones are told apart")
    func authentication() async throws {
        let server = try MailServer("--auth", "dana:s3cr:t@x", "--tls", "starttls")
        let ca = try #require(server.certificates)
        let url = { (password: String) in "smtp://dana:\(password)@localhost:\(server.port)?ca=\(ca)" }
        _ = try await SMTPMail(encrypted(url("s3cr%3At%40x"))).send(Samples.mail())
        #expect(server.envelopes[0]["login"] as? Bool == true && server.envelopes[0]["tls"] as? Bool == true)

        let error = await failure(of: SMTPMail(try encrypted(url("wrong"))), Samples.mail())
        #expect(error?.reason == .signInAgain && error?.passes == true)
        #expect(error?.detail.contains("wrong") == false)
        let unnamed = try encrypted("smtp://localhost:\(server.port)?ca=\(ca)")
        let nobody = await failure(of: SMTPMail(unnamed), Samples.mail())
        #expect(nobody?.reason == .signInAgain)
    }

    @Test("only a certificate of this host, of today and of a trusted authority will do, by TLS 1.2 or newer",
          arguments: ["starttls", "implicit"], ["good", "self-signed", "stranger", "expired", "elsewhere", "old"])
    func certificates(tls: String, kind: String) async throws {
        let server = try MailServer("--tls", tls, "--certificate", kind)
        let address = "\(tls == "implicit" ? "smtps" : "smtp")://localhost:\(server.port)"
        let trusting = "\(address)?ca=\(try #require(server.certificates))"
        // The system knows none of our authorities.
        for url in kind == "good" ? [address] : [address, trusting] {
            let error = await failure(of: SMTPMail(try encrypted(url)), Samples.mail())
            #expect(error?.reason == .unavailable && error?.detail.contains("encrypted connection") == true)
        }
        #expect(server.mails.isEmpty)
        if kind == "good" {
            _ = try await SMTPMail(try encrypted(trusting)).send(Samples.mail())
            #expect(server.mails.count == 1)
        }
    }

    @Test("a server without STARTTLS gets neither mail nor password")
    func noEncryption() async throws {
        let server = try MailServer("--auth", "dana:secret")
        let error = await failure(
            of: SMTPMail(try encrypted("smtp://dana:secret@localhost:\(server.port)")), Samples.mail())
        #expect(error?.reason == .unavailable && error?.detail.contains("STARTTLS") == true)
        #expect(server.mails.isEmpty)
    }

    @Test("a server that says nothing costs the time-out, and no other task waits for it", .timeLimit(.minutes(5)))
    func deadServer() async throws {
        let server = try MailServer("--silent")
        var settings = try SMTPSettings("smtp://127.0.0.1:\(server.port)")
        settings.totalSeconds = 4
        let mail = SMTPMail(settings), start = ContinuousClock.now
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    #expect(await failure(of: mail, Samples.mail())?.reason == .unavailable)
                    return "mail"
                }
            }
            group.addTask {
                for _ in 0..<20 { try? await Task.sleep(for: .milliseconds(10)) }
                return "other"
            }
            #expect(await group.next() == "other")
        }
        #expect(ContinuousClock.now - start >= .seconds(4))
    }

    @Test("a mail that hangs holds up those behind it for a moment, and the others take one more connection",
          .timeLimit(.minutes(5)))
    func hangingMail() async throws {
        let server = try MailServer()
        var settings = try SMTPSettings("smtp://127.0.0.1:\(server.port)")
        settings.totalSeconds = 15
        let mail = SMTPMail(settings)
        let ended = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                #expect(await failure(of: mail, Samples.mail(to: "hang@example.com"))?.reason == .unavailable)
                return "hanging"
            }
            // It has to be the first.
            while server.connections == 0 { try await Task.sleep(for: .milliseconds(20)) }
            for _ in 0..<5 {
                group.addTask {
                    #expect(await failure(of: mail, Samples.mail()) == nil)
                    return "other"
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }

        #expect(ended.last == "hanging")
        #expect(server.mails.count == 5 && server.connections == 2)
        // Afterwards one is enough again: the first, whose connection is new since it was cut.
        for _ in 0..<3 { _ = try await mail.send(Samples.mail()) }
        #expect(server.connections == 3)
    }

    @Test("a server that is not there is unavailable at once, and is found again when it comes back")
    func nobodyListens() async throws {
        var port = 0
        do { port = try MailServer().port }
        let error = await failure(of: SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(port)")), Samples.mail())
        #expect(error?.reason == .unavailable && error?.passes == true)
    }

    @Test("names and addresses beyond ASCII arrive")
    func international() async throws {
        let server = try MailServer()
        let mail = SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(server.port)"))
        _ = try await mail.send(Samples.mail(to: "sam@例え.jp"))
        _ = try await mail.send(Samples.mail(to: "用户@例え.jp"))

        let recipients = server.envelopes.map { $0["recipients"] as? [String] }
        #expect(recipients == [["sam@xn--r8jz45g.jp"], ["用户@xn--r8jz45g.jp"]])
        #expect(server.envelopes.map { $0["utf8"] as? Bool } == [false, true])
    }

    @Test("a mail that would break its headers never reaches the server")
    func unsendable() async throws {
        let server = try MailServer()
        var hostile = Samples.mail()
        hostile.subject = "A\r\nBcc: x@example.com"
        let error = await failure(of: SMTPMail(try SMTPSettings("smtp://127.0.0.1:\(server.port)")), hostile)
        #expect(error?.reason == .unsendable && error?.passes == false)
        #expect(server.connections == 0)
    }

    private func encrypted(_ url: String) throws -> SMTPSettings {
        var settings = try SMTPSettings(url)
        if settings.security == .none { settings.security = .startTLS }
        return settings
    }
}

private func failure(of provider: some MailProvider, _ mail: OutgoingMail) async -> ProviderError? {
    do {
        _ = try await provider.send(mail)
        return nil
    } catch {
        return error
    }
}

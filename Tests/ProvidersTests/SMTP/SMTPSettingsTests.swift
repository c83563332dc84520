/// `SMTP_URL` as a value, and the sentence for each way to write it wrong.
import Testing

import Providers

struct SMTPSettingsTests {
    @Test("the usual addresses")
    func read() throws {
        let relay = try SMTPSettings("smtp://us%40er:p%3A%2F%23@Mail.Example.com")
        #expect(relay.host == "mail.example.com" && relay.port == 587 && relay.security == .startTLS)
        #expect(relay.user == "us@er" && relay.password == "p:/#")

        let implicit = try SMTPSettings("SMTPS://mail.example.com/?ca=/etc/my%20ca.pem")
        #expect(implicit.port == 465 && implicit.security == .implicitTLS && implicit.certificates == "/etc/my ca.pem")
        #expect(implicit.user == nil && implicit.connectSeconds == 10 && implicit.totalSeconds == 60)
    }

    @Test("only this machine is spoken to in the clear", arguments: [
        ("smtp://127.0.0.1:1025", SMTPSettings.Security.none), ("smtp://localhost:25", .none),
        ("smtp://[::1]:25", .none),
        ("smtp://127.evil.example:25", .startTLS), ("smtp://localhost.example", .startTLS),
        ("smtp://10.0.0.1", .startTLS),
        ("smtps://127.0.0.1", .implicitTLS),
    ])
    func loopback(url: String, security: SMTPSettings.Security) throws {
        #expect(try SMTPSettings(url).security == security)
    }

    @Test("what is wrong is said", arguments: [
        ("", SMTPSettingsProblem.scheme), ("mail.example.com:587", .scheme), ("http://mail.example.com", .scheme),
        ("smtp://", .host), ("smtp://:25", .host), ("smtp://a@b:c@mail.example.com", .atSign),
        ("smtp://user@mail.example.com", .credentials),
        ("smtp://:pass@mail.example.com", .credentials), ("smtp://mail.example.com:0", .port),
        ("smtp://mail:65536", .port),
        ("smtp://mail:+25", .port), ("smtp://user:pa/ss@mail.example.com", .port),
        ("smtp://u:%zz@mail.example.com", .encoding),
        ("smtp://u:p%2@mail.example.com", .encoding), ("smtp://u:p%0Aq@mail.example.com", .space),
        ("smtp://mail.example.com \r\n", .space), ("smtp://mail.example.com?tls=no", .option),
        ("smtp://mail.example.com/x", .option),
        ("smtp://ma!il.example.com", .host), ("smtp://[::1]x", .port),
    ])
    func refused(url: String, problem: SMTPSettingsProblem) {
        #expect(throws: problem) { try SMTPSettings(url) }
        #expect(problem.message.contains("SMTP_URL"))
    }

    @Test("the password is never printed")
    func secret() throws {
        let settings = try SMTPSettings("smtp://user:hunter2@mail.example.com")
        #expect("\(settings)" == "smtp://user:…@mail.example.com:587")
    }
}

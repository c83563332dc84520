/// Settings: defaults, the file and the environment, and a start that stops at the first thing that makes no sense.
import Foundation
import Testing

@testable import Server

struct SettingsTests {
    private func mistake(_ environment: [String: String]) -> String? {
        do {
            _ = try Settings(environment: environment)
            return nil
        } catch {
            return error.description
        }
    }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(component: "settings-\(UUID().uuidString)").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("without any setting it is a production server on this machine with SQLite, and nobody may sign up")
    func defaults() throws {
        let settings = try Settings(environment: [:])
        #expect(settings.url == "http://127.0.0.1:8080" && settings.dataFolder == "./data")
        #expect(settings.databaseURL == "sqlite:./data/workestra.sqlite" && settings.keyFile == "./data/key")
        #expect(settings.environment == .production && settings.signUp == .closed)
        #expect(settings.smtpURL == nil && settings.trustedProxies.isEmpty && settings.clockFile == nil)
        #expect(settings.mailFrom == "bookings@localhost" && settings.rateFactor == 1)
        #expect(try Settings(environment: [:], port: 9_000).url == "http://127.0.0.1:9000")
    }

    @Test("every setting is read by its name")
    func named() throws {
        let settings = try Settings(environment: [
            "WORKESTRA_URL": "https://meet.example.org/", "WORKESTRA_DATA": "/var/lib/w", "WORKESTRA_KEY_FILE": "/k",
            "DATABASE_URL": "postgres://db/w", "WORKESTRA_MAIL_FROM": "a@b.example", "SMTP_URL": "smtp://mail:587",
            "WORKESTRA_TRUSTED_PROXIES": "10.0.0.1, 192.168.0.0/16", "WORKESTRA_SIGNUP": "invite",
            "WORKESTRA_ENV": "test", "WORKESTRA_CLOCK_FILE": "/clock", "WORKESTRA_RATE_FACTOR": "50",
            "WORKESTRA_LOG": "debug", "WORKESTRA_ZONEINFO": "/zones", "WORKESTRA_CRASH_AT": "booking.before_commit",
            "WORKESTRA_EGRESS_ALLOW": "10.1.0.0/16, fd00::/8",
        ])
        #expect(settings.url == "https://meet.example.org" && settings.dataFolder == "/var/lib/w")
        #expect(settings.keyFile == "/k" && settings.databaseURL == "postgres://db/w"
            && settings.mailFrom == "a@b.example")
        #expect(settings.smtpURL == "smtp://mail:587" && settings.trustedProxies == ["10.0.0.1", "192.168.0.0/16"])
        #expect(settings.egressAllow == ["10.1.0.0/16", "fd00::/8"])
        #expect(settings.signUp == .invite && settings.environment == .test)
        #expect(settings.clockFile == "/clock" && settings.rateFactor == 50)
        #expect(try Settings(environment: ["WORKESTRA_DATA": "/d"]).databaseURL == "sqlite:/d/workestra.sqlite")
        #expect(try Settings(environment: ["WORKESTRA_URL": "https://a.example:8443"]).mailFrom == "bookings@a.example")
        #expect(try Settings(environment: ["SMTP_URL": "", "CLAMD_URL": ""]).smtpURL == nil)
        #expect(try Settings(environment: ["CLAMD_URL": "unix:/c"]).clamdURL == "unix:/c")
        #expect(try Settings(environment: ["S3_BUCKET": "files", "S3_REGION": ""]).bucket == ["S3_BUCKET": "files"])
    }

    @Test("an unknown WORKESTRA_ name stops the start by its name; other programs' names and the tests' own do not")
    func unknown() throws {
        #expect(mistake(["WORKESTRA_DTAA": "/d"])?.contains("WORKESTRA_DTAA") == true)
        #expect(mistake(["WORKESTRA_CRASH": "x"])?.contains("WORKESTRA_CRASH") == true)
        #expect(mistake(["PATH": "/bin", "WORKESTRA_TEST_POSTGRES": "x", "WORKESTRA_BIN": "x"]) == nil)
        for name in Settings.names where !["WORKESTRA_CONFIG", "WORKESTRA_URL", "WORKESTRA_ENV",
            "WORKESTRA_SIGNUP", "WORKESTRA_LOG_FORMAT"].contains(name) {
            #expect(mistake([name: "1"]) == nil, "\(name)")
        }
        try withFile("WORKESTRA_NONSENSE=1\n") { path in
            #expect(mistake(["WORKESTRA_CONFIG": path])?.contains("WORKESTRA_NONSENSE") == true)
        }
    }

    @Test("the file fills in what the environment leaves open, comments and blanks aside")
    func file() throws {
        let text = "# ours\n\n  WORKESTRA_DATA = /from/file \nWORKESTRA_SIGNUP=open\nSMTP_URL=smtp://u:p=w@mail:25\n"
        // Written on Windows, too: its line ends are two signs that Swift sees as one.
        for written in [text, text.replacing("\n", with: "\r\n")] {
            try withFile(written) { path in
                let given = ["WORKESTRA_CONFIG": path, "WORKESTRA_DATA": "/from/environment"]
                let settings = try Settings(environment: given)
                #expect(settings.dataFolder == "/from/environment" && settings.signUp == .open)
                #expect(settings.smtpURL == "smtp://u:p=w@mail:25")
            }
        }
        try withFile("WORKESTRA_DATA\n") { path in
            #expect(mistake(["WORKESTRA_CONFIG": path])?.contains("Line 1") == true)
        }
        #expect(mistake(["WORKESTRA_CONFIG": "/nowhere/at/all"])?.contains("/nowhere/at/all") == true)
    }

    @Test("a value that makes no sense is quoted, with what it can be")
    func values() {
        #expect(mistake(["WORKESTRA_ENV": "prod"])
            == "WORKESTRA_ENV is “prod”. It can be: production, development, test.")
        #expect(mistake(["WORKESTRA_SIGNUP": "maybe"])?.contains("closed, invite, open") == true)
        for url in ["meet.example", "ftp://meet.example", "https://", "https://meet.example/path", "", "https:///x"] {
            #expect(mistake(["WORKESTRA_URL": url])?.hasPrefix("WORKESTRA_URL is") == true, "\(url)")
        }
    }

    @Test("only a test server moves its clock or its limits")
    func testOnly() throws {
        for environment in ["production", "development"] {
            #expect(try Settings(environment: ["WORKESTRA_ENV": environment,
                "WORKESTRA_CLOCK_FILE": "/c"]).clockFile == nil)
        }
        #expect(try Settings(environment: ["WORKESTRA_RATE_FACTOR": "50"]).rateFactor == 1)
    }
}

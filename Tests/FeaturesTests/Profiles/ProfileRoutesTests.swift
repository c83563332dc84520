/// The settings of a person, as their browser meets them.
import Capabilities
import Database
import Fakes
import Features
import Scheduling
import Testing
import Web

struct ProfileRoutesTests {
    private static let usual = [
        ("name", "Ingrid A."), ("handle", "ingrid"), ("text", "Instruments."), ("timezone", "Europe/Oslo"),
        ("clock", "12"), ("language", "en"), ("notifications.booked.mail", "on"),
    ]

    private func signedIn(_ test: TestSite, _ email: String = "ingrid@example.com") async throws -> Browser {
        let browser = Browser(try test.open())
        await browser.get("/sign-in")
        await browser.post("/sign-in", [("email", email), ("password", "three calm rivers")])
        await browser.get("/settings/profile")
        return browser
    }

    private func form(_ changes: [(String, String)]) -> [(String, String)] {
        Self.usual.filter { field in !changes.contains { $0.0 == field.0 } } + changes
    }

    @Test("what is saved stands in the form again and on the page", arguments: Engine.all)
    func saves(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await signedIn(test)
            #expect(browser.page.contains("value=\"Ingrid Aasland\""))
            #expect(await browser.post("/settings/profile", Self.usual)[header: "Location"]
                == "/settings/profile?saved=yes")
            await browser.get("/settings/profile?saved=yes")
            #expect(browser.page.contains("Saved.") && browser.page.contains("value=\"ingrid\""))
            #expect(browser.page.contains("name=\"notifications.booked.mail\" value=\"on\" checked"))
            #expect(!browser.page.contains("name=\"notifications.moved.mail\" value=\"on\" checked"))
            let page = await browser.get("/u/ingrid")
            #expect(page.status == 200 && browser.page.contains("<bdi>Ingrid A.</bdi>"))
            #expect(browser.page.contains("Instruments.") && browser.page.contains("og:title"))
        }
    }

    @Test("what cannot be saved is said beside its field, and everything typed is kept", arguments: [
        ("name", ""), ("name", String(repeating: "x", count: 201)), ("name", "a\u{7}b"), ("name", "a\u{202e}b"),
        ("text", String(repeating: "x", count: 501)), ("text", "a\u{0}b"), ("handle", "Ingrid Aasland"),
        ("handle", "admin"), ("handle", "new"), ("handle", "-a"), ("handle", "a--b"), ("handle", "é"),
        ("handle", String(repeating: "a", count: 41)), ("handle", "../x"), ("timezone", "Mars/Olympus"),
        ("timezone", ""), ("timezone", "../../etc/passwd"), ("clock", "13"), ("language", "xx"), ("language", "en-XB"),
    ])
    func refused(field: String, value: String) async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await signedIn(test)
            let answer = await browser.post(
                "/settings/profile", form([(field, value)] + (field == "text" ? [] : [("text", "Kept words")])))
            // U+0000 never reaches a form: nothing of the body is read, so its token is not there either.
            guard !value.contains("\u{0}") else {
                #expect(answer.status == 403)
                return
            }
            #expect(answer.status == 422 && browser.page.contains("#f-\(field)\""), "\(field)")
            #expect(field == "text" || browser.page.contains("Kept words"))
            #expect(browser.page.contains("value=\"on\" checked"))
            #expect(await browser.get("/u/ingrid").status == 404)
        }
    }

    @Test("a handle that is taken comes back with three that are free")
    func taken() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            try await test.addPerson("b@example.com", workspace: "B")
            let first = try await signedIn(test)
            #expect(await first.post("/settings/profile", Self.usual).status == 303)
            let browser = try await signedIn(test, "b@example.com")
            #expect(await browser.post("/settings/profile", Self.usual).status == 422)
            #expect(browser.isWrong("handle") && browser.page.contains("ingrid-2, ingrid-3, ingrid-"))
        }
    }

    @Test("nobody signed in, and a form of somebody else's page, change nothing")
    func guarded() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let stranger = Browser(try test.open())
            #expect(await stranger.get("/settings/profile").status == 303)
            #expect(await stranger.post("/settings/profile", Self.usual).status == 401)
            let browser = try await signedIn(test)
            #expect(await browser.post("/settings/profile", Self.usual, csrf: false).status == 403)
            #expect(await browser.post("/settings/profile/picture/removal", [], csrf: false).status == 403)
        }
    }

    // MARK: Pictures

    @Test("a picture is cleaned, shown under a new name for each upload, and gone when it is removed",
          arguments: Engine.all)
    func picture(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await signedIn(test)
            func shown() -> String {
                let page = browser.page
                guard let start = page.firstRange(of: "src=\"/pictures/")?.upperBound else { return "" }
                return String(page[start...].prefix { $0 != "\"" })
            }
            let removals = { try await test.removals() }

            #expect(await browser.upload("/settings/profile/picture", "picture", SamplePicture.png()).status == 303)
            await browser.get("/settings/profile")
            let first = shown()
            let answer = await browser.get("/pictures/\(first)")
            #expect(answer.body == SamplePicture.png(more: []) && answer[header: "Content-Type"] == "image/png")
            #expect(answer[header: "X-Content-Type-Options"] == "nosniff")
            #expect(answer[header: "Cache-Control"] == "public, max-age=31536000, immutable")
            #expect(answer[header: "Content-Security-Policy"]?.hasPrefix("default-src 'none'") ?? false)

            await browser.get("/settings/profile")
            #expect(await browser.upload("/settings/profile/picture", "picture", SamplePicture.jpeg(),
                                         fileName: "../../x.svg").status == 303)
            await browser.get("/settings/profile")
            let second = shown()
            #expect(second != first && test.files.names.count == 2)
            #expect(await browser.get("/pictures/\(first)").status == 404)
            #expect(await browser.get("/pictures/\(second)")[header: "Content-Type"] == "image/jpeg")
            #expect(try await removals() == [first])

            await browser.get("/settings/profile")
            #expect(await browser.post("/settings/profile/picture/removal", []).status == 303)
            await browser.get("/settings/profile")
            #expect(shown().isEmpty)
            #expect(await browser.get("/pictures/\(second)").status == 404)
            #expect(Set(try await removals()) == [first, second])
        }
    }

    @Test("what is no picture, too large or nothing at all is refused beside the field; the old one stays")
    func badPictures() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await signedIn(test)
            await browser.upload("/settings/profile/picture", "picture", SamplePicture.png())
            for (bytes, words) in [
                ([], "no picture yet"), (Array("<svg/>".utf8), "SVG"), (Array("GIF89a".utf8), "GIF"),
                (SamplePicture.png(width: 9000), "9000"), (Array(SamplePicture.png().dropLast(4)), "damaged"),
                ([UInt8](repeating: 0, count: Picture.mostBytes + 1), "5 MB"),
            ] as [([UInt8], String)] {
                await browser.get("/settings/profile")
                #expect(await browser.upload("/settings/profile/picture", "picture", bytes).status == 422)
                #expect(browser.isWrong("picture") && browser.page.contains(words), "\(words)")
                #expect(browser.page.contains("src=\"/pictures/"))
            }
            #expect(test.files.names.count == 1)
            await browser.get("/settings/profile")
            #expect(await browser.upload("/settings/profile/picture", "other", SamplePicture.png()).status == 422)
            #expect(await browser.get("/pictures/x").status == 404)
        }
    }

    @Test("when the place for files is out of order, nothing changes and the page says to try again")
    func noFiles() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let browser = try await signedIn(test)
            test.files.failAlways(with: ProviderError(.unavailable, "asked to fail"))
            #expect(await browser.upload("/settings/profile/picture", "picture", SamplePicture.png()).status == 503)
            test.files.failAlways(with: nil)
            await browser.get("/settings/profile")
            #expect(!browser.page.contains("src=\"/pictures/") && test.files.names.isEmpty)
        }
    }
}

extension TestSite {
    /// The names of files that are to be removed.
    fileprivate func removals() async throws -> [String] {
        try await installation.database.lookUp { tx in
            try tx.all("SELECT subject FROM job WHERE kind = 'file_removal' ORDER BY id") { try $0["subject"] }
        }
    }
}

/// Files as answers: sent with the form or before, booked by their token, fetched by their people, and let go.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

/// A link that asks for a file.
struct FileStage {
    var stage: Stage
    let files: FakeFiles
    let link: Link
    let question: ID<Question>
    let visitor: Visitor

    static func on(
        _ engine: Engine, scanner: FakeScanner? = nil, _ body: (FileStage) async throws -> Void
    ) async throws {
        try await Stage.on(engine) { stage in
            var (stage, files) = (stage, FakeFiles())
            (stage.installation.files, stage.installation.scanner) = (files, scanner)
            stage.installation.doors = DoorLimits()
            var rules = Stage.rules
            rules.slug = "files"
            var wish = LinkWish(rules: rules)
            wish.questions = [QuestionWish(kind: .file, label: "Your plan", required: true)]
            let link = try await SaveLink(stage.installation).create(
                wish, host: stage.ada, scope: Scope(workspace: stage.workspace, actor: .user(stage.ada)))
            try await body(FileStage(
                stage: stage, files: files, link: link, question: link.questions[0].id, visitor: try Visitor(stage)))
        }
    }

    func upload(
        _ bytes: [UInt8], as name: String = "plan.pdf", question: String? = nil
    ) async -> Answer {
        let form = Multipart([("question", question ?? self.question.text)], file: ("file", name, bytes))
        return await visitor.send("POST", "/api/v1/public/links/files/uploads", form)
    }

    func token(_ bytes: [UInt8] = FileStage.pdf) async throws -> String {
        try (await upload(bytes).json["uploadToken"]?.string).wanted("token")
    }

    func book(_ token: String, _ start: Instant, _ more: [(String, JSON)] = []) async -> Answer {
        await visitor.call("POST", "/api/v1/public/links/files/bookings", .object([
            ("start", .string(start.rfc3339())), ("timezone", "Europe/Berlin"),
            ("attendee", ["name": "Yuko", "email": "yuko@kpuh.example"]),
            ("answers", .object([(question.text, .string(token))])),
        ] + more))
    }

    func rows() async throws -> Int {
        try await stage.database.lookUp { tx in
            try tx.one("SELECT count(*) AS n FROM answer_file") { try $0["n"] as Int } ?? 0
        }
    }

    /// How many jobs let go of bytes.
    func removals() async throws -> Int {
        try await stage.database.lookUp { tx in
            try tx.one("SELECT count(*) AS n FROM job WHERE kind = \(RemoveFile.kind)") { try $0["n"] as Int } ?? 0
        }
    }

    static let pdf = Array("%PDF-1.7\nplan".utf8)
}

/// A body of texts and one file.
struct Multipart {
    let body: [UInt8]
    static let type = "multipart/form-data; boundary=frontier"

    init(_ texts: [(String, String)], file: (field: String, name: String, bytes: [UInt8])) {
        let parts = texts.map { "--frontier\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n" }
        let head = "--frontier\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n"
            + "Content-Type: text/html\r\n\r\n"
        body = Array((parts.joined() + head).utf8) + file.bytes + Array("\r\n--frontier--\r\n".utf8)
    }
}

extension Visitor {
    func send(_ method: String, _ target: String, _ form: Multipart) async -> Answer {
        await site.answer(RawRequest(
            method, target, headers: Headers([("Content-Type", Multipart.type), ("Sec-Fetch-Site", "same-origin")]),
            body: form.body))
    }

    /// A file as it is fetched.
    func fetch(_ target: String) async -> (answer: Answer, bytes: [UInt8]) {
        let answer = await get(target)
        var bytes: [UInt8] = []
        if let stream = answer.stream { for await piece in stream { bytes += piece } }
        return (answer, bytes)
    }
}

@Suite("Files as answers")
struct AnswerFileTests {
    @Test("is sent, booked by its token, named on pages, and fetched by attendee and host alone",
          arguments: Engine.all)
    func journey(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let long = FileStage.pdf + [UInt8](repeating: 7, count: 200_000)
            let sent = await place.upload(long, as: "C:\\plans\\My plan.html")
            #expect(sent.status == 201 && sent.json["name"]?.string == "My plan.html.pdf", "\(sent.text)")
            #expect(place.files.names.count == 1)
            #expect(place.files.drafts == 0)
            let token = try (sent.json["uploadToken"]?.string).wanted("token")
            let booked = await place.book(token, stage.at(10))
            #expect(booked.status == 201, "\(booked.text)")
            #expect(booked.json["answers"]?[place.question.text]?.string == "My plan.html.pdf")
            let right = try (booked.json["token"]?.string).wanted("right")
            let id = try (booked.json["id"]?.string).wanted("id")
            let page = await visitor.get("/booking/\(right)")
            let path = "/booking/\(right)/files/\(place.question)"
            #expect(page.text.contains("href=\"\(path)\""), "\(page.text)")
            let (answer, bytes) = await visitor.fetch(path)
            #expect(answer.status == 200 && bytes == long)
            #expect(answer[header: "Content-Type"] == "application/pdf")
            let disposition = answer[header: "Content-Disposition"] ?? ""
            #expect(disposition.hasPrefix("attachment; filename=\"My plan.html.pdf\""))
            #expect(answer[header: "X-Content-Type-Options"] == "nosniff")
            #expect(answer[header: "Cache-Control"] == "no-store")
            #expect(answer[header: "Content-Security-Policy"] == "sandbox")
            let hosts = "/calendar/bookings/\(id)/files/\(place.question)"
            #expect(await visitor.asked(by: "ada").fetch(hosts).bytes == long)
            #expect(await visitor.asked(by: "ada").get("/calendar/bookings/\(id)").text.contains(hosts))
            // Neither a colleague, nor a stranger, nor the token of the upload.
            #expect(await visitor.asked(by: "bob").get(hosts).status == 404)
            #expect(await visitor.get(hosts).status == 303)
            #expect(await visitor.get("/booking/\(token)/files/\(place.question)").status == 404)
            #expect(await visitor.get("/booking/\(right)/files/\(stage.question)").status == 404)
            // Once.
            let again = await place.book(token, stage.at(12))
            #expect(again.status == 422 && again.problemFields == ["answers.\(place.question)"], "\(again.text)")
        }
    }

    @Test("comes with the form where there is no script, and stays when the form comes back", arguments: Engine.all)
    func withoutScript(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let details = await visitor.hold(stage.at(11), on: "files")
            #expect(details.text.contains("enctype=\"multipart/form-data\""))
            let field = "answers.\(place.question)"
            let form = [
                ("form", details.field("form") ?? ""), ("start", String(stage.at(11).seconds)),
                ("timezone", "Europe/Berlin"), ("attendee.name", "Yuko"),
            ]
            // The address is missing; the file is there.
            let back = await visitor.send("POST", "/book/files/bookings", Multipart(
                form, file: (field, "plan.pdf", FileStage.pdf)))
            #expect(back.status == 422 && back.text.contains("plan.pdf</bdi>” is here"), "\(back.text)")
            let kept = try back.field(field).wanted("token")
            #expect(try await place.rows() == 1)
            let sent = [(field, kept), ("\(field).name", "plan.pdf"), ("attendee.email", "yuko@kpuh.example")]
            let booked = await visitor.send("POST", "/book/files/bookings", Multipart(
                form + sent, file: (field, "", [])))
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"), "\(booked.text)")
            #expect(await visitor.fetch("\(booked.location)/files/\(place.question)").bytes == FileStage.pdf)
            #expect(try await place.rows() == 1)
            #expect(place.files.names.count == 1)
        }
    }

    @Test("is refused beside its field when it is nothing, too much, or of another kind, and nothing stays",
          arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let details = await visitor.hold(stage.at(11), on: "files")
            let field = "answers.\(place.question)"
            let form = [
                ("form", details.field("form") ?? ""), ("start", String(stage.at(11).seconds)),
                ("timezone", "Europe/Berlin"), ("attendee.name", "Yuko"), ("attendee.email", "yuko@kpuh.example"),
            ]
            let much = FileStage.pdf + [UInt8](repeating: 1, count: AnswerFile.mostBytes)
            for (bytes, words) in [
                ([], "There is nothing in this file"), (much, "more than 25 MB"),
                (Array("<svg onload=alert(1)>".utf8), "Files can be PDF"), ([0x4d, 0x5a, 0], "Files can be PDF"),
            ] as [([UInt8], String)] {
                let answer = await visitor.send("POST", "/book/files/bookings", Multipart(
                    form, file: (field, "plan.pdf", bytes)))
                #expect(answer.status == 422 && answer.text.contains(words), "\(words)")
            }
            let none = await visitor.send("POST", "/book/files/bookings", Multipart(form, file: (field, "", [])))
            #expect(none.status == 422 && none.text.contains("choose a file"))
            for bad in ["x", String(repeating: "A", count: 43), "../../../etc/passwd"] {
                let answer = await place.book(bad, stage.at(12))
                #expect(answer.status == 422 && answer.problemFields == [field], "\(bad)")
            }
            #expect(await place.upload(much).status == 413)
            #expect(await place.upload(FileStage.pdf, question: stage.question.text).problemFields == ["question"])
            #expect(await place.upload(Array("#!/bin/sh".utf8)).problemFields == ["file"])
            // A body that ends early.
            var cut = Multipart([("question", place.question.text)], file: ("file", "a.pdf", FileStage.pdf)).body
            cut.removeLast(12)
            let early = await visitor.site.answer(RawRequest(
                "POST", "/api/v1/public/links/files/uploads", headers: Headers([("Content-Type", Multipart.type)]),
                body: cut))
            #expect(early.status == 400)
            place.files.failAlways(with: ProviderError(.unavailable, "no room"))
            let failing = await place.upload(FileStage.pdf)
            #expect(failing.status == 503)
            place.files.failAlways(with: nil)
            let rows = try await place.rows()
            let (names, drafts) = (place.files.names, place.files.drafts)
            #expect(rows == 0)
            #expect(names.isEmpty)
            #expect(drafts == 0)
        }
    }

    @Test("waits a day for its booking, and no more than a hundred of a link wait", arguments: Engine.all)
    func waiting(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let stage = place.stage
            let (kept, left) = (try await place.token(), try await place.token())
            #expect(await place.book(kept, stage.at(10)).status == 201)
            let (world, id) = (stage.world, place.question)
            func tidy() async throws {
                let now = stage.world.now
                try await stage.database.writeUnscoped { try AnswerFileStore.prune(world: world, now: now, in: $0) }
            }
            stage.clock.move(minutes: 24 * 60 - 1)
            try await tidy()
            #expect(try await place.rows() == 2)
            stage.clock.move(minutes: 1)
            let late = await place.book(left, stage.at(10, day: 3))
            #expect(late.status == 422 && late.problemFields == ["answers.\(id)"])
            try await tidy()
            #expect(try await place.rows() == 1)
            let jobs = try await stage.database.lookUp { tx in
                try tx.all("SELECT subject FROM job WHERE kind = \(RemoveFile.kind)") { try $0["subject"] as String }
            }
            #expect(jobs.count == 1)
            // What a row names stays, and what none names goes.
            let stray = FileName(world)
            try await place.files.put([1], as: stray)
            try await SweepFiles(stage.installation, files: place.files)()
            #expect(place.files.names.count == 1)
            #expect(!place.files.names.contains(stray))
            let (link, scope, now) = (place.link.id, stage.scope, stage.world.now)
            try await stage.database.write(scope) { tx in
                for _ in 0..<AnswerFile.mostWaiting {
                    try AnswerFileStore.insert(AnswerFile(
                        id: world.id(), link: link, question: id, file: FileName(world), name: "a.pdf", kind: .pdf,
                        bytes: 1, booking: nil, createdAt: now), tokenHash: nil, scope: scope, in: tx)
                }
            }
            #expect(await place.upload(FileStage.pdf).status == 429)
        }
    }

    @Test("is asked for nowhere else: neither by routing forms, nor of hosts who book for somebody",
          arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, ada) = (place.stage, place.visitor.asked(by: "ada"))
            let questions: JSON = .array((0..<4).map { ["label": .string("File \($0)"), "kind": "file"] })
            let made = await ada.call("PATCH", "/api/v1/links/\(place.link.id)", ["questions": questions])
            #expect(made.status == 422 && made.problemFields == ["questions.3.kind"], "\(made.text)")
            let form = await ada.call("POST", "/api/v1/routing-forms", ["title": "Form", "questions": questions])
            #expect(form.status == 422 && form.problemFields.contains("questions.0.kind"), "\(form.text)")
            let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            let reply = try await BookSlot(stage.installation)(
                stage.request(stage.at(14)), link: place.link.id, scope: scope)
            #expect(reply.status == 201)
        }
    }
}

/// Files that come with the booking form: kept while the form comes back, replaced, removed, and looked at first.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

/// A visitor's details page of a link that asks for a file.
private struct FormStage {
    let place: FileStage
    let form: [(String, String)]
    let field: String

    static func on(
        _ engine: Engine, scanner: FakeScanner? = nil, _ body: (FormStage) async throws -> Void
    ) async throws {
        try await FileStage.on(engine, scanner: scanner) { place in
            let details = await place.visitor.hold(place.stage.at(11), on: "files")
            try await body(FormStage(
                place: place,
                form: [
                    ("form", details.field("form") ?? ""), ("start", String(place.stage.at(11).seconds)),
                    ("timezone", "Europe/Berlin"), ("attendee.name", "Yuko"),
                ], field: "answers.\(place.question)"))
        }
    }

    func send(_ more: [(String, String)], name: String = "", _ bytes: [UInt8] = []) async -> Answer {
        await place.visitor.send("POST", "/book/files/bookings", Multipart(
            form + more, file: (field, name, bytes)))
    }

    /// What the page that came back keeps of a file.
    func kept(_ page: Answer) -> [(String, String)] {
        [field, "\(field).name"].compactMap { name in page.field(name).map { (name, $0) } }
    }

    static let email = ("attendee.email", "yuko@kpuh.example")
}

@Suite("Files of the booking form")
struct FormFilesTests {
    @Test("another one takes the place of the first, whose bytes go with a job", arguments: Engine.all)
    func replaced(on engine: Engine) async throws {
        try await FormStage.on(engine) { stage in
            let place = stage.place
            let first = await stage.send([], name: "plan.pdf", FileStage.pdf)
            #expect(first.status == 422 && first.text.contains("plan.pdf</bdi>” is here"), "\(first.text)")
            let second = await stage.send(stage.kept(first), name: "later.pdf", FileStage.pdf + [1])
            #expect(second.status == 422 && second.text.contains("later.pdf</bdi>” is here"), "\(second.text)")
            let rows1 = try await place.rows()
            #expect(rows1 == 1)
            let removals2 = try await place.removals()
            #expect(removals2 == 1)
            // A mistake with the next one loses the one that was there only when it is taken.
            let booked = await stage.send(stage.kept(second) + [FormStage.email])
            #expect(booked.status == 303, "\(booked.text)")
            let path = "\(booked.location)/files/\(place.question)"
            #expect(await place.visitor.fetch(path).bytes == FileStage.pdf + [1])
        }
    }

    @Test("is removed by its button, and everything else that was typed stays", arguments: Engine.all)
    func removed(on engine: Engine) async throws {
        try await FormStage.on(engine) { stage in
            let place = stage.place
            let first = await stage.send([], name: "plan.pdf", FileStage.pdf)
            #expect(first.text.contains("name=\"removed\" value=\"\(stage.field)\""), "\(first.text)")
            let without = await stage.send(stage.kept(first) + [("removed", stage.field)])
            #expect(without.status == 200 && !without.text.contains("is here"), "\(without.text)")
            #expect(without.field("attendee.name") == "Yuko")
            #expect(stage.kept(without).isEmpty && !without.text.contains("field-error"))
            let rows3 = try await place.rows()
            #expect(rows3 == 0)
            let removals4 = try await place.removals()
            #expect(removals4 == 1)
            let missing = await stage.send([FormStage.email])
            #expect(missing.status == 422 && missing.text.contains("choose a file"))
            // Of a booking nothing is removed by the token it once had.
            let token = try await place.token()
            #expect(await place.book(token, place.stage.at(14)).status == 201)
            _ = await stage.send([(stage.field, token), ("removed", stage.field)])
            let rows5 = try await place.rows()
            #expect(rows5 == 1)
        }
    }

    @Test("a place for files that is away is said beside the field, and what was typed stays", arguments: Engine.all)
    func away(on engine: Engine) async throws {
        try await FormStage.on(engine) { stage in
            let (place, words) = (stage.place, "Files cannot be taken right now")
            place.files.failAlways(with: ProviderError(.unavailable, "full"))
            let answer = await stage.send([FormStage.email], name: "plan.pdf", FileStage.pdf)
            #expect(answer.status == 422 && answer.text.contains(words), "\(answer.text)")
            #expect(answer.field("attendee.name") == "Yuko")
            let reply = await place.upload(FileStage.pdf)
            #expect(reply.status == 503 && reply[header: "Retry-After"] == "120")
            #expect(reply.text.contains(words), "\(reply.text)")
            place.files.failAlways(with: nil)
            #expect(await stage.send([FormStage.email], name: "plan.pdf", FileStage.pdf).status == 303)
        }
    }

    @Test("nothing is kept that the scanner found harmful, or could not look at", arguments: Engine.all)
    func scanned(on engine: Engine) async throws {
        let scanner = FakeScanner()
        try await FormStage.on(engine, scanner: scanner) { stage in
            let (place, bad) = (stage.place, FileStage.pdf + Array("EICAR".utf8))
            let reply = await place.upload(bad)
            #expect(reply.status == 422 && reply.json["errors"]?.array?.first?["code"]?.string == "harmful")
            let answer = await stage.send([FormStage.email], name: "plan.pdf", bad)
            #expect(answer.status == 422 && answer.text.contains("holds something harmful"), "\(answer.text)")
            scanner.failAlways(with: ProviderError(.unavailable, "away"))
            let away = await place.upload(FileStage.pdf)
            #expect(away.status == 503 && away[header: "Retry-After"] == "120")
            let words = "Files cannot be taken right now"
            #expect(await stage.send([FormStage.email], name: "a.pdf", FileStage.pdf).text.contains(words))
            #expect(place.files.names.isEmpty)
            #expect(place.files.drafts == 0)
            let rows6 = try await place.rows()
            #expect(rows6 == 0)
            scanner.failAlways(with: nil)
            let long = FileStage.pdf + [UInt8](repeating: 7, count: 150_000)
            #expect(await stage.send([FormStage.email], name: "plan.pdf", long).status == 303)
            #expect(scanner.looked == [bad.count, bad.count, long.count])
        }
    }

    @Test("a form without files is no longer than other forms", arguments: Engine.all)
    func plainForm(on engine: Engine) async throws {
        try await FormStage.on(engine) { stage in
            let body = "form=x&note=" + String(repeating: "x", count: 2 << 20)
            let answer = await stage.place.visitor.site.answer(RawRequest(
                "POST", "/book/files/bookings",
                headers: Headers([("Content-Type", "application/x-www-form-urlencoded")]), body: Array(body.utf8)))
            #expect(answer.status == 413)
        }
    }

    @Test("one file is that of each meeting of a series", arguments: Engine.all)
    func series(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let weekly: JSON = ["everyWeeks": 1, "count": 3, "countIs": "fixed"]
            let open = await visitor.asked(by: "ada").call(
                "PATCH", "/api/v1/links/\(place.link.id)", ["recurring": weekly])
            #expect(open.status == 200, "\(open.text)")
            let booked = await place.book(try await place.token(), stage.at(10), [("recurrence", ["count": 3])])
            #expect(booked.status == 201, "\(booked.text)")
            let ids = try await stage.database.lookUp { tx in
                try tx.all("SELECT id FROM booking ORDER BY starts") { try $0["id"] as String }
            }
            #expect(ids.count == 3)
            for id in ids {
                let path = "/calendar/bookings/\(id)/files/\(place.question)"
                #expect(await visitor.asked(by: "ada").fetch(path).bytes == FileStage.pdf)
            }
            let rows8 = try await place.rows()
            #expect(rows8 == 3)
            #expect(place.files.names.count == 1)
            try await SweepFiles(stage.installation, files: place.files)()
            #expect(place.files.names.count == 1)
        }
    }
}

/// Strangers' files take no more room than they may: whose are taken, how many wait, and when they go.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

extension FileStage {
    /// Files that wait, as if others had sent them.
    func wait(_ count: Int, bytes: Int = 1, on link: Link? = nil, client: [UInt8]? = nil) async throws {
        let (link, question) = (link ?? self.link, question)
        let (world, now, scope) = (stage.world, stage.world.now, stage.scope)
        try await stage.database.write(scope) { tx in
            for _ in 0..<count {
                try AnswerFileStore.insert(AnswerFile(
                    id: world.id(), link: link.id, question: question, file: FileName(world), name: "a.pdf", kind: .pdf,
                    bytes: bytes, booking: nil, createdAt: now, client: client), tokenHash: nil, scope: scope, in: tx)
            }
        }
    }

    /// What the housekeeping does.
    func tidy() async throws {
        let (world, now) = (stage.world, stage.world.now)
        try await stage.database.writeUnscoped { tx in
            try AnswerFileStore.prune(world: world, now: now, in: tx)
            try AnswerFileStore.pruneEnded(world: world, now: now, in: tx)
        }
    }

    func sentForm(_ start: Instant) async -> [(String, String)] {
        let details = await visitor.hold(start, on: "files")
        return [
            ("form", details.field("form") ?? ""), ("start", String(start.seconds)), ("timezone", "Europe/Berlin"),
            ("attendee.name", "Yuko"), ("attendee.email", "yuko@kpuh.example"),
        ]
    }

    var field: String { "answers.\(question)" }
}

@Suite("Room for files as answers")
struct AnswerFileRoomTests {
    @Test("nothing is written for a link that is not there, is over, or asks for no file", arguments: Engine.all)
    func unasked(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let visitor = place.visitor
            func send(_ slug: String, field: String = "file") async -> (program: Int, page: Int) {
                let form = Multipart([("question", place.question.text)], file: (field, "plan.pdf", FileStage.pdf))
                return (
                    await visitor.send("POST", "/api/v1/public/links/\(slug)/uploads", form).status,
                    await visitor.send("POST", "/book/\(slug)/bookings", form).status)
            }
            #expect(await send("nowhere") == (404, 404))
            #expect(await send("intro") == (400, 400))
            let single = Multipart([], file: (place.field, "plan.pdf", FileStage.pdf))
            let unknown = "/single-use/\(String(repeating: "A", count: 43))/bookings"
            #expect(await visitor.send("POST", unknown, single).status == 404)
            // Of a field that asks for none.
            let other = await visitor.send(
                "POST", "/book/files/bookings", Multipart([], file: ("file", "plan.pdf", FileStage.pdf)))
            #expect(other.status == 303)
            let off = await visitor.asked(by: "ada").call("PATCH", "/api/v1/links/\(place.link.id)", ["active": false])
            #expect(off.status == 200, "\(off.text)")
            let over = await send("files", field: place.field)
            #expect([404, 410].contains(over.program) && [404, 410].contains(over.page), "\(over)")
            #expect(place.files.begun == 0)
        }
    }

    @Test("ten of a network wait on a link, others go on, and the room comes back when it was said to",
          arguments: Engine.all)
    func network(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            for _ in 0..<AnswerFile.mostOfClient - 1 { _ = try await place.token() }
            place.stage.clock.move(minutes: 30)
            let last = try await place.token()
            let more = await place.upload(FileStage.pdf)
            #expect(more.status == 429 && more[header: "Retry-After"] == String(24 * 3_600 - 1_800), "\(more.text)")
            let form = Multipart([("question", place.question.text)], file: ("file", "plan.pdf", FileStage.pdf))
            let others = await place.visitor.site.answer(RawRequest(
                "POST", "/api/v1/public/links/files/uploads", headers: Headers([("Content-Type", Multipart.type)]),
                body: form.body, peer: "192.0.2.7"))
            #expect(others.status == 201, "\(others.text)")
            // One that is booked with waits no more.
            #expect(await place.book(last, place.stage.at(15)).status == 201)
            #expect(await place.upload(FileStage.pdf).status == 201)
            #expect(await place.upload(FileStage.pdf).status == 429)
            let kept = try await place.stage.database.lookUp { tx in
                try tx.one("SELECT count(*) AS n FROM answer_file WHERE booking IS NOT NULL AND client IS NOT NULL") {
                    try $0["n"] as Int
                }
            }
            #expect(kept == 0)
            place.stage.clock.move(minutes: 24 * 60 - 30)
            #expect(await place.upload(FileStage.pdf).status == 201)
        }
    }

    @Test("the files of a workspace that wait have a room of their own, on whichever link", arguments: Engine.all)
    func bytes(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (many, rest) = (AnswerFile.mostWaitingBytes / AnswerFile.mostBytes, FileStage.pdf.count)
            try await place.wait(many, bytes: AnswerFile.mostBytes, on: place.stage.link)
            let left = AnswerFile.mostWaitingBytes - many * AnswerFile.mostBytes
            try await place.wait(1, bytes: left - rest, on: place.stage.link)
            #expect(await place.upload(FileStage.pdf).status == 201)
            let more = await place.upload(FileStage.pdf)
            #expect(more.status == 429 && more[header: "Retry-After"] == "86400", "\(more.text)")
        }
    }

    @Test("a meeting that did not take place keeps its file for thirty days, one that stands keeps it",
          arguments: Engine.all)
    func ended(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let weekly: JSON = ["everyWeeks": 1, "count": 2, "countIs": "fixed"]
            let open = await visitor.asked(by: "ada").call(
                "PATCH", "/api/v1/links/\(place.link.id)", ["recurring": weekly])
            #expect(open.status == 200, "\(open.text)")
            let series = await place.book(try await place.token(), stage.at(10), [("recurrence", ["count": 2])])
            #expect(series.status == 201, "\(series.text)")
            let ids = try await stage.database.lookUp { tx in
                try tx.all("SELECT id FROM booking ORDER BY starts") { try $0["id"] as ID<Booking> }
            }
            #expect(ids.count == 2)
            let ada = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            _ = try await CancelBooking(stage.installation)(ids[0], reason: "", scope: ada)
            stage.clock.move(minutes: 30 * 24 * 60 - 1)
            try await place.tidy()
            let rows1 = try await place.rows()
            #expect(rows1 == 2)
            stage.clock.move(minutes: 1)
            try await place.tidy()
            // The other meeting of the series still names the bytes.
            let rows2 = try await place.rows()
            #expect(rows2 == 1)
            let removals3 = try await place.removals()
            #expect(removals3 == 0)
            for status in [BookingStatus.declined, .expired] {
                _ = try await stage.database.writeUnscoped { tx in
                    try tx.run("UPDATE booking SET status = \(status) WHERE id = \(ids[1])")
                }
                let rows4 = try await place.rows()
                #expect(rows4 == (status == .declined ? 1 : 0))
                stage.clock.move(minutes: 30 * 24 * 60)
                try await place.tidy()
            }
            let rows5 = try await place.rows()
            #expect(rows5 == 0)
            let removals6 = try await place.removals()
            #expect(removals6 == 1)
        }
    }

    @Test("host and sender remove a file; its name stays on their pages, and the bytes go with a job",
          arguments: Engine.all)
    func deleted(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            for (hour, isHost) in [(10, true), (13, false)] {
                let booked = await place.book(try await place.token(), stage.at(hour))
                let right = try (booked.json["token"]?.string).wanted("right")
                let id = try (booked.json["id"]?.string).wanted("id")
                let (hosts, own) = ("/calendar/bookings/\(id)", "/booking/\(right)")
                let path = "files/\(place.question)"
                #expect(await visitor.get(own).text.contains("action=\"\(own)/\(path)/deletion\""))
                let ada = visitor.asked(by: "ada")
                #expect(await ada.get(hosts).text.contains("action=\"\(hosts)/\(path)/deletion\""))
                #expect(await visitor.asked(by: "bob").post("\(hosts)/\(path)/deletion", [:]).status == 404)
                #expect(await visitor.post("\(own)/files/\(stage.question)/deletion", [:]).status == 404)
                #expect(await visitor.get("\(own)/\(path)").status == 200)
                for _ in 0..<2 {
                    let gone = isHost ? await ada.post("\(hosts)/\(path)/deletion", [:])
                        : await visitor.post("\(own)/\(path)/deletion", [:])
                    #expect(gone.status == 303 && gone.location.hasPrefix(isHost ? hosts : own), "\(gone.text)")
                }
                for page in [await ada.get(hosts), await visitor.get(own)] {
                    #expect(page.text.contains("plan.pdf</bdi>” was removed"), "\(page.text)")
                    #expect(!page.text.contains(path))
                }
                #expect(await visitor.get("\(own)/\(path)").status == 404)
                let removals7 = try await place.removals()
                #expect(removals7 == (isHost ? 1 : 2))
                let rows8 = try await place.rows()
                #expect(rows8 == 0)
            }
        }
    }

    @Test("of a series a host removes one meeting's, and who sent it all of them", arguments: Engine.all)
    func deletedOfSeries(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            let weekly: JSON = ["everyWeeks": 1, "count": 3, "countIs": "fixed"]
            _ = await visitor.asked(by: "ada").call("PATCH", "/api/v1/links/\(place.link.id)", ["recurring": weekly])
            for (hour, isHost) in [(10, true), (13, false)] {
                let (rows, removals) = (try await place.rows(), try await place.removals())
                let booked = await place.book(
                    try await place.token(), stage.at(hour), [("recurrence", ["count": 3])])
                let (id, right) = (booked.json["id"]?.string ?? "", booked.json["token"]?.string ?? "")
                let rows9 = try await place.rows()
                #expect(rows9 == rows + 3, "\(booked.text)")
                let path = "files/\(place.question)/deletion"
                let gone = isHost ? await visitor.asked(by: "ada").post("/calendar/bookings/\(id)/\(path)", [:])
                    : await visitor.post("/booking/\(right)/\(path)", [:])
                #expect(gone.status == 303, "\(gone.text)")
                let rows10 = try await place.rows()
                #expect(rows10 == rows + (isHost ? 2 : 0))
                let removals11 = try await place.removals()
                #expect(removals11 == removals + (isHost ? 0 : 1))
            }
        }
    }

    @Test("a form that has booked is answered as before, and the files of its second press are not looked at",
          arguments: Engine.all)
    func secondPress(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let form = await place.sentForm(place.stage.at(11))
            let press = Multipart(form, file: (place.field, "plan.pdf", FileStage.pdf))
            let first = await place.visitor.send("POST", "/book/files/bookings", press)
            #expect(first.status == 303 && first.location.hasPrefix("/booking/"), "\(first.text)")
            let bad = Multipart(form, file: (place.field, "plan.pdf", [0x4d, 0x5a, 0]))
            for body in [press, bad] {
                let second = await place.visitor.send("POST", "/book/files/bookings", body)
                #expect(second.status == 303 && second.location == first.location, "\(second.text)")
            }
            // The same once the link is over, which takes no file at all.
            let off = await place.visitor.asked(by: "ada").call(
                "PATCH", "/api/v1/links/\(place.link.id)", ["maxUses": 1])
            #expect(off.status == 200, "\(off.text)")
            let begun = place.files.begun
            let over = await place.visitor.send("POST", "/book/files/bookings", press)
            #expect(over.status == 303 && over.location == first.location, "\(over.text)")
            #expect(place.files.begun == begun)
            let rows12 = try await place.rows()
            #expect(rows12 == 1)
            #expect(place.files.names.count == 1)
        }
    }

    @Test("a file that is not taken leaves the one before it where it is", arguments: Engine.all)
    func keptBefore(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            let form = (await place.sentForm(place.stage.at(11))).filter { $0.0 != "attendee.email" }
            func send(_ more: [(String, String)], _ bytes: [UInt8]) async -> Answer {
                await place.visitor.send(
                    "POST", "/book/files/bookings", Multipart(form + more, file: (place.field, "plan.pdf", bytes)))
            }
            let first = await send([], FileStage.pdf)
            let kept = [place.field, "\(place.field).name"].compactMap { name in first.field(name).map { (name, $0) } }
            #expect(kept.count == 2, "\(first.text)")
            let second = await send(kept, [0x4d, 0x5a, 0])
            #expect(second.text.contains("Files can be PDF") && second.text.contains("plan.pdf</bdi>” is here"))
            #expect(second.field(place.field) == kept[0].1)
            let rows13 = try await place.rows()
            #expect(rows13 == 1)
            let removals14 = try await place.removals()
            #expect(removals14 == 0)
        }
    }

    @Test("a workspace that is deleted names the files that go with it", arguments: Engine.all)
    func workspace(on engine: Engine) async throws {
        try await FileStage.on(engine) { place in
            _ = try await place.token()
            let workspace = place.stage.workspace
            let gone = try await place.stage.database.writeUnscoped { try AccountStore.delete(workspace, in: $0) }
            #expect(Set(gone) == Set(place.files.names.map(\.text)))
            #expect(gone.count == 1)
        }
    }
}

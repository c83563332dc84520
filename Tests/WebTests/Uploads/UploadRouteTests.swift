/// A route that takes files: its forms are guarded like all others, and what it does not take is said.
import Synchronization
import Testing

@testable import Web

struct UploadRouteTests {
    private static let routes = [
        Route(.post, "/upload", .signedIn(nil), bodyLimit: 1000, uploads: UploadLimits(fileBytes: 50)) { request in
            let file = request.uploads.first { $0.field == "file" }
            return .text("\(try request.form()["note"] ?? "-") \(file?.bytes.count ?? -1) \(file?.isTooLong ?? false)")
        },
    ]

    private func send(
        _ body: String, csrf: String? = "csrf-token", to target: String = "/upload",
        type: String = "multipart/form-data; boundary=b", more: [(String, String)] = []
    ) async -> Answer {
        let field = csrf.map { "--b\nContent-Disposition: form-data; name=csrf\n\n\($0)\n" } ?? ""
        let text = (field + body).replacing("\n", with: "\r\n")
        let headers = [("Content-Type", type), ("Cookie", "__Host-session=ingrid")] + more
        return await SiteFixture(more: Self.routes).site.answer(
            RawRequest("POST", target, headers: Headers(headers), body: Array(text.utf8)))
    }

    private static let note = "--b\nContent-Disposition: form-data; name=note\n\nhello\n"
    private static func file(_ count: Int) -> String {
        "--b\nContent-Disposition: form-data; name=file; filename=f\n\n\(String(repeating: "x", count: count))\n"
    }

    @Test("texts and files arrive, and the form's token among them is asked for")
    func arrives() async {
        let answer = await send(Self.note + Self.file(5) + "--b--")
        #expect(answer.status == 200 && answer.text == "hello 5 false")
        #expect(await send(Self.note + "--b--", csrf: nil).status == 403)
        #expect(await send(Self.note + "--b--", csrf: "guessed").status == 403)
        #expect(await send(Self.note + "--b--", more: [("Sec-Fetch-Site", "cross-site")]).status == 403)
    }

    @Test("a file that is too long is told to the route, a body that is too long is 413")
    func lengths() async {
        #expect(await send(Self.file(51) + "--b--").text == "- 0 true")
        let much = await send(Self.file(1200) + "--b--")
        #expect(much.status == 413 && much.text.contains("Go back, and choose a smaller one"), "\(much.text)")
        #expect(await send("--b--", csrf: nil, more: [("Content-Length", "1001")]).status == 413)
    }

    /// Counts what comes, and what is thrown away.
    private final class Place: UploadPlace, UploadDraft {
        let told = Mutex((bytes: [UInt8](), begun: 0, discarded: 0))
        let room: Int

        init(room: Int = .max) { self.room = room }

        func begin() async throws -> any UploadDraft {
            guard room > 0 else { throw Common.unavailable(retryAfter: 1) }
            told.withLock { $0.begun += 1 }
            return self
        }

        func write(_ bytes: [UInt8]) async throws {
            let count = told.withLock {
                $0.bytes += bytes
                return $0.bytes.count
            }
            guard count <= room else { throw Common.unavailable(retryAfter: 1) }
        }

        func discard() async { told.withLock { $0.discarded += 1 } }
    }

    @Test("files go to a place of their own as they come, and what nobody kept is thrown away there")
    func place() async {
        let place = Place()
        let route = Route(
            .post, "/away", .open, bodyLimit: 100_000, uploads: UploadLimits(fileBytes: 60_000), place: place
        ) { request in
            let file = request.uploads.first { $0.field == "file" }
            let words = "\(file?.count ?? -1) \(file?.bytes.count ?? -1) \(file?.isTooLong ?? false)"
            return .text(file?.isLost ?? false ? "lost" : words)
        }
        func send(_ body: String) async -> Answer {
            await SiteFixture(more: [route]).site.answer(RawRequest(
                "POST", "/away", headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: Array(body.replacing("\n", with: "\r\n").utf8)))
        }
        #expect(await send(Self.file(50_000) + "--b--").text == "50000 4096 false")
        #expect(place.told.withLock { $0.bytes.count } == 50_000)
        #expect(await send(Self.file(60_001) + "--b--").text == "60001 0 true")
        // Cut off, and a file field in which nothing was chosen.
        #expect(await send(Self.file(70)).status == 400)
        let nothing = "--b\nContent-Disposition: form-data; name=file; filename=\"\"\n\n\n--b--"
        #expect(await send(nothing).text == "0 0 false")
        // What has no name goes nowhere, and is not kept in memory instead.
        let nameless = nothing.replacing("\n\n\n", with: "\n\n\(String(repeating: "x", count: 50_000))\n")
        #expect(await send(nameless).text == "0 0 true")
        // What is too long makes room at once, and is thrown away once more at the end.
        #expect(place.told.withLock { ($0.begun, $0.discarded) } == (3, 4))
    }

    @Test("a place without room loses its file alone: the form is read on, and the route is told")
    func noRoom() async {
        for (room, discarded) in [(0, 0), (10_000, 2)] {
            let place = Place(room: room)
            let route = Route(
                .post, "/away", .open, bodyLimit: 100_000, uploads: UploadLimits(fileBytes: 60_000), place: place
            ) { request in
                let form = try request.form()
                return .text("\(request.uploads.first?.isLost ?? false) \(form["note"] ?? "")")
            }
            let body = Self.file(50_000) + Self.note + "--b--"
            let answer = await SiteFixture(more: [route]).site.answer(RawRequest(
                "POST", "/away", headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: Array(body.replacing("\n", with: "\r\n").utf8)))
            #expect(answer.text == "true hello")
            #expect(place.told.withLock { $0.discarded } == discarded)
        }
    }

    @Test("what is asked for is found out first: of other files nothing is written, and of a refusal nothing is read")
    func askedFor() async {
        for (asked, status, text) in [
            (.fields(["file"]), 200, "5 false"), (.fields(["other"]), 200, "0 true"), (.ignored, 200, "0 true"),
            (.nothing, 400, "No files are asked for here."), (nil, 404, "Nothing here"),
        ] as [(AskedFiles?, Int, String)] {
            let place = Place()
            let route = Route(
                .post, "/away", .open, bodyLimit: 100_000, uploads: UploadLimits(fileBytes: 60_000), place: place,
                before: { _ in
                    guard let asked else { throw Common.notFound }
                    return asked
                }
            ) { request in
                .text("\(request.uploads.first?.count ?? -1) \(request.uploads.first?.isTooLong ?? false)")
            }
            // What is not read may be anything.
            let body = asked == nil ? "nonsense" : Self.file(5) + "--b--"
            let answer = await SiteFixture(more: [route]).site.answer(RawRequest(
                "POST", "/away", headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: Array(body.replacing("\n", with: "\r\n").utf8)))
            #expect(answer.status == status && answer.text.contains(text), "\(answer.text)")
            #expect(place.told.withLock { $0.begun } == (asked == .fields(["file"]) ? 1 : 0))
        }
    }

    @Test("all texts of a form together have no more room than any other body")
    func texts() async {
        let route = Route(.post, "/away", .open, bodyLimit: 8 << 20, uploads: UploadLimits(parts: 99, fileBytes: 1)) {
            _ in .text("read")
        }
        func send(_ count: Int) async -> Int {
            let text = String(repeating: "x", count: 60_000)
            let part = "--b\nContent-Disposition: form-data; name=note\n\n\(text)\n"
            let body = (String(repeating: part, count: count) + "--b--").replacing("\n", with: "\r\n")
            return await SiteFixture(more: [route]).site.answer(RawRequest(
                "POST", "/away", headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: Array(body.utf8))).status
        }
        #expect(await send(17) == 200)
        #expect(await send(18) == 413)
    }

    @Test("a body without files has no more room than on any other route")
    func plainBody() async {
        let route = Route(.post, "/away", .open, bodyLimit: 8 << 20, uploads: UploadLimits(fileBytes: 1)) { _ in
            .text("read")
        }
        func send(_ count: Int) async -> Int {
            await SiteFixture(more: [route]).site.answer(RawRequest(
                "POST", "/away", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: [UInt8](repeating: 97, count: count))).status
        }
        #expect(await send(1 << 20) == 200)
        #expect(await send((1 << 20) + 1) == 413)
    }

    @Test("a body that cannot be read is 400, and a form without files still works")
    func broken() async {
        #expect(await send(Self.note).status == 400)
        #expect(await send(Self.note + "--b--", type: "multipart/form-data").status == 400)
        let plain = await send("csrf=csrf-token&note=hi", csrf: nil, type: "application/x-www-form-urlencoded")
        #expect(plain.text == "hi -1 false")
    }

    @Test("a route that asks for no files refuses the whole kind")
    func refused() async {
        #expect(await send(Self.note + "--b--", to: "/book/intro").status == 415)
        #expect(await send(Self.note + "--b--", to: "/calendar/links").status == 403)
    }
}

/// What a route answers.

/// Status, headers and body. The site adds the headers of the policy.
package struct Answer: Sendable {
    package var status: Int
    package private(set) var headers: [(String, String)]
    package var body: [UInt8]
    /// What comes after the head, for as long as it comes, in place of a body.
    package private(set) var stream: AsyncStream<[UInt8]>?
    /// Cookies to set; see ``setting(cookie:)``.
    package private(set) var cookies: [Cookie] = []
    /// The nonce of the one `<style>` a page may have (a workspace's brand colours, the geometry of a week).
    package private(set) var styleNonce: String?
    /// Who may show the page in a frame, as `frame-ancestors` names them; nobody while it is empty.
    package private(set) var frameAncestors: [String] = []
    /// Whether the page shows frames of ours.
    package private(set) var showsFrames = false

    package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A page.
    ///
    /// - Parameter nonce: the `nonce` of the page's `<style>`, if it has one.
    package static func page(_ html: HTML, status: Int = 200, nonce: String? = nil) -> Answer {
        var answer = Answer(status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: html.bytes)
        answer.styleNonce = nonce
        return answer
    }

    /// A JSON document.
    package static func json(_ json: JSON, status: Int = 200) -> Answer {
        .json(json.bytes, status: status)
    }

    /// A JSON document that is written already.
    package static func json(_ bytes: [UInt8], status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "application/json")], body: bytes)
    }

    /// A plain text.
    package static func text(_ text: String, status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    /// 303: "now get that". 301 and 308 for addresses that moved for good.
    package static func redirect(_ path: Path, status: Int = 303) -> Answer {
        Answer(status: status, headers: [("Location", path.text)])
    }

    /// To another server.
    package static func redirect(to url: WebURL, status: Int = 303) -> Answer {
        Answer(status: status, headers: [("Location", url.text)])
    }

    /// A file to keep.
    ///
    /// - Parameter name: what it is called on the reader's disk; signs that could end the header are replaced.
    package static func file(_ bytes: [UInt8], type: String, name: String) -> Answer {
        Answer(status: 200, headers: [
            ("Content-Type", type), ("Content-Disposition", attachment(name)),
        ], body: bytes)
    }

    /// The same, piece by piece: `next` is asked for one whenever the reader has taken those before, until it has none.
    /// - Parameter bytes: how many there are in all. If fewer come the connection is cut, so that the reader knows.
    package static func file(
        type: String, name: String, bytes: Int, next: @escaping @Sendable () async -> [UInt8]?
    ) -> Answer {
        var answer = Answer(status: 200, headers: [
            ("Content-Type", type), ("Content-Disposition", attachment(name)), ("Content-Length", String(bytes)),
        ])
        answer.stream = AsyncStream(unfolding: next)
        return answer
    }

    private static func attachment(_ name: String) -> String {
        let plain = String(name.unicodeScalars.map { scalar in
            let isSafe = (0x20...0x7e).contains(scalar.value) && !"\"\\/%".unicodeScalars.contains(scalar)
            return isSafe ? Character(scalar) : "_"
        })
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(percentEncoded(name))"
    }

    /// No body.
    package static func empty(_ status: Int = 204) -> Answer {
        Answer(status: status)
    }

    /// Server-sent events, as the HTML standard writes them; see `EventSource`. It ends when the stream does, when its
    /// reader is gone, or at the next part once the program is to stop; an empty part is not written, so that one can
    /// come each second.
    package static func events(_ stream: AsyncStream<[UInt8]>) -> Answer {
        var answer = Answer(status: 200, headers: [
            ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no"),
        ])
        answer.stream = stream
        return answer
    }

    /// The same answer with a cookie to set.
    package func setting(cookie: Cookie) -> Answer {
        var answer = self
        answer.cookies.append(cookie)
        return answer
    }

    /// The same page for frames of these sites, such as `https://www.example.org`.
    package func framed(by ancestors: [String]) -> Answer {
        var answer = self
        answer.frameAncestors = ancestors
        return answer
    }

    /// The same page, which shows frames of ours.
    package func showingFrames() -> Answer {
        var answer = self
        answer.showsFrames = true
        return answer
    }

    /// The same answer with a header; one of the same name is replaced. Control characters become blanks, so that no
    /// value can begin a header of its own.
    package func header(_ name: String, _ value: String) -> Answer {
        let line = value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0) }
        var answer = self
        answer.headers.removeAll { $0.0.lowercased() == name.lowercased() }
        answer.headers.append((name, String(line)))
        return answer
    }

    /// Sets a header unless the route has set it.
    mutating func add(_ name: String, _ value: String) {
        if self[header: name] == nil { headers.append((name, value)) }
    }

    /// Adds a header that may occur more than once.
    mutating func append(_ name: String, _ value: String) {
        headers.append((name, value))
    }

    /// What `HEAD` gets: the same headers, the length of the body, no body.
    var withoutBody: Answer {
        var answer = stream == nil ? header("Content-Length", String(body.count)) : self
        (answer.body, answer.stream) = ([], nil)
        return answer
    }

    /// Where a redirect leads on this server; nil for what is none, and for one to another server.
    package var path: Path? {
        self[header: "location"].flatMap { $0.hasPrefix("/") ? Path(encoded: $0) : nil }
    }

    /// The first value of a header.
    package subscript(header name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }
}

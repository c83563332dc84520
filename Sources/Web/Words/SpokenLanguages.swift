/// The language of an answer, and the others that a visitor can choose instead.

/// Which language a request is answered in: the one its address names, else the one an address named during this visit,
/// else the one chosen from the menu, else what the browser wants.
struct SpokenLanguages: Sendable {
    /// The cookie of a choice from the menu; where cookies are off, a choice is good for one page.
    static let cookieName = "language"
    /// The cookie of what an address said, which somebody else may have written: until the browser is closed.
    static let visitName = "visit-language"
    /// A year, in seconds.
    private static let lasts = 31_536_000
    /// What the menu says beside the language.
    private static let choice = ("chosen", "1")

    let language: Language
    /// The same page in each language; empty where nobody chooses: on pages of hosts, for programs, after a press.
    let choices: [(Language, Path)]
    /// Remembers what was said just now.
    let cookies: [Cookie]

    init(_ raw: RawRequest, _ target: Target, _ query: Query?, _ settings: Site.Settings) {
        let available = Language.spoken(at: target.path, of: settings.languages)
        let isForVisitors = available.contains { !$0.isWhole } && !target.path.hasPrefix("/api/")
        let sent = isForVisitors ? Cookie.read(raw.headers.all("cookie"), secure: settings.isSecure) : [:]
        let (kept, visit, asked) = (sent[Self.cookieName], sent[Self.visitName], query?["lang"])
        let spoken = Language.negotiate(
            acceptLanguage: raw.headers["accept-language"], asked: [asked, visit, kept], among: available)
        language = spoken
        // A frame speaks as its site wants; that is nobody's choice.
        let mayBeKept = isForVisitors && !spoken.isPseudo && query?["embed"] == nil
        let isSaid = asked.map { $0.lowercased() == spoken.code.lowercased() } ?? false
        cookies = mayBeKept && isSaid
            ? Self.cookies(spoken.code, isChosen: query?[Self.choice.0] == Self.choice.1, kept: kept, visit: visit) : []
        guard isForVisitors, ["GET", "HEAD"].contains(raw.method), let query else {
            choices = []
            return
        }
        let rest = query.pairs.filter { !["lang", Self.choice.0].contains($0.0) }
        choices = available.filter { !$0.isPseudo }.map { language in
            (language, Path("").adding(query: rest + [("lang", language.code), Self.choice]))
        }
    }

    /// A choice takes the place of whatever an address said before; an address never takes the place of a choice.
    private static func cookies(_ code: String, isChosen: Bool, kept: String?, visit: String?) -> [Cookie] {
        guard isChosen else { return (visit ?? kept) == code ? [] : [Cookie(visitName, code)] }
        return (kept == code ? [] : [Cookie(cookieName, code, maxAge: lasts)])
            + (visit == nil ? [] : [.removing(visitName)])
    }
}

extension Language {
    /// The page that is being answered in each language there is; empty where nobody chooses.
    @TaskLocal package static var choices: [(Language, Path)] = []

    /// Runs `body` in the language that was asked for by name; as before where none was, or none such is there.
    package static func asked<Result>(
        _ code: String?, among languages: [Language], _ body: () async throws -> Result
    ) async throws -> Result {
        guard let code else { return try await body() }
        let language = negotiate(acceptLanguage: nil, asked: [code], among: [.current] + languages)
        return try await $current.withValue(language) { try await body() }
    }
}

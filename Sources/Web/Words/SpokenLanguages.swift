/// The language of an answer, and the others that a visitor can choose instead.

/// Which language a request is answered in: the one its address names, else the one chosen before, else what the
/// browser wants.
struct SpokenLanguages: Sendable {
    /// The cookie of a choice; where cookies are off, a choice is good for one page.
    static let cookieName = "language"
    /// A year, in seconds.
    private static let lasts = 31_536_000

    let language: Language
    /// The same page in each language; empty where nobody chooses: on pages of hosts, for programs, after a press.
    let choices: [(Language, Path)]
    /// Remembers a choice that was made just now.
    let cookie: Cookie?

    init(_ raw: RawRequest, _ target: Target, _ query: Query?, _ settings: Site.Settings) {
        let available = Language.spoken(at: target.path, of: settings.languages)
        let isForVisitors = available.count > 2 && !target.path.hasPrefix("/api/")
        let kept = isForVisitors
            ? Cookie.read(raw.headers.all("cookie"), secure: settings.isSecure)[Self.cookieName] : nil
        let asked = query?["lang"]
        let spoken = Language.negotiate(
            acceptLanguage: raw.headers["accept-language"], asked: [asked, kept], among: available)
        language = spoken
        // A frame speaks as its site wants; that is nobody's choice.
        let mayBeKept = isForVisitors && !spoken.isPseudo && query?["embed"] == nil
        let isChosen = asked.map { $0.lowercased() == spoken.code.lowercased() } ?? false
        cookie = mayBeKept && isChosen && kept != spoken.code
            ? Cookie(Self.cookieName, spoken.code, maxAge: Self.lasts) : nil
        guard isForVisitors, raw.method == "GET", let query else {
            choices = []
            return
        }
        let rest = query.pairs.filter { $0.0 != "lang" }
        choices = available.filter { !$0.isPseudo }.map { language in
            (language, Path("").adding(query: rest + [("lang", language.code)]))
        }
    }
}

extension Language {
    /// The page that is being answered in each language there is; empty where nobody chooses.
    @TaskLocal package static var choices: [(Language, Path)] = []
}

/// The languages pages can be read in, and how one is chosen for a request.

/// A language with its catalogue. `Language.current` is the reader's, set for each request.
package struct Language: Hashable, Sendable {
    /// Which way the script runs: the value of `dir`.
    package enum Direction: String, Sendable {
        case leftToRight = "ltr"
        case rightToLeft = "rtl"
    }

    /// BCP 47 tag, the value of `lang`: `en`, `de`, `pt-BR`.
    package let code: String
    /// Its own name, for the menu of languages: `Deutsch`.
    package let name: String
    package let direction: Direction
    /// The first day of the week in calendars: 0 = Sunday, 1 = Monday, 6 = Saturday.
    package internal(set) var firstWeekday: Int
    /// How hours are counted where nobody has chosen.
    package internal(set) var clock = HourClock.twentyFour
    /// Two capital letters where this is the language as one country reads it; see ``spoken(in:)``.
    package internal(set) var region: String?
    package internal(set) var catalogue: Catalogue
    let plurals: Plurals
    /// Whether the pages of hosts are in it, too, and not only those of their visitors and all mails.
    package let isWhole: Bool

    package init(code: String, name: String, direction: Direction = .leftToRight, firstWeekday: Int = 1,
                 catalogue: Catalogue = .empty, isWhole: Bool = true) {
        self.code = code
        self.name = name
        self.direction = direction
        self.firstWeekday = firstWeekday
        self.catalogue = catalogue
        self.isWhole = isWhole
        plurals = Plurals(language: code)
    }

    /// With the country, where it matters: the value of `lang`, and what is kept of a visitor: `en-US`.
    package var tag: String { region.map { "\(code)-\($0)" } ?? code }

    /// The language of the request being answered; English outside of one.
    @TaskLocal package static var current = Language.english

    package static let english = Language(code: "en", name: "English")

    /// English in disguise, right to left: shows what is not translated and what does not turn around.
    package static let pseudo = Language(code: "en-XB", name: "Pseudo", direction: .rightToLeft, firstWeekday: 6)

    var isPseudo: Bool { code == Language.pseudo.code }

    /// Two languages are the same if their tags are.
    package static func == (a: Language, b: Language) -> Bool { a.code == b.code }

    package func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// The language of a request: the first asked for by name (`?lang=de`) that there is, else the best of
    /// `Accept-Language`
    /// (RFC 9110 §12.5.4: weights, first of equals; `de-AT` is served by `de`), else the first available. It is read as
    /// in the country of the first wish that names one for this language.
    ///
    /// - Parameter available: what there is, never empty; the pseudo language only answers to its exact tag.
    package static func negotiate(acceptLanguage: String?, asked: [String?] = [],
                                  among available: [Language] = [.english, .pseudo]) -> Language {
        let wishes = (acceptLanguage ?? "").prefix(1000).split(separator: ",").prefix(20).compactMap(wish)
        let ordered = wishes.enumerated().sorted {
            $0.element.weight != $1.element.weight ? $0.element.weight > $1.element.weight : $0.offset < $1.offset
        }
        let tags = asked.compactMap(\.self) + ordered.map(\.element.tag)
        let language = tags.lazy.compactMap { best($0, among: available) }.first ?? available.first ?? .english
        let region = tags.lazy.filter { best($0, among: available) == language }.compactMap(region(of:)).first
        return language.spoken(in: region)
    }

    /// `de-AT;q=0.8` as a tag and a weight; nil for weight zero and for what cannot be read.
    private static func wish(_ text: Substring) -> (tag: String, weight: Double)? {
        let parts = text.split(separator: ";").map { $0.trimmed }
        guard let tag = parts.first, !tag.isEmpty else { return nil }
        guard parts.count > 1 else { return (tag, 1) }
        guard parts[1].hasPrefix("q="), let weight = Double(parts[1].dropFirst(2)), weight > 0, weight <= 1 else {
            return nil
        }
        return (tag, weight)
    }

    /// The exact language, else the same language without the region.
    private static func best(_ tag: String, among available: [Language]) -> Language? {
        let tag = tag.lowercased()
        if let exact = available.first(where: { $0.code.lowercased() == tag }) { return exact }
        let base = tag.prefix { $0 != "-" }
        return available.first { !$0.isPseudo && $0.code.lowercased().prefix { $0 != "-" } == base }
    }
}

extension StringProtocol {
    /// Without blanks and tabs at both ends.
    package var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(start[...last])
    }
}

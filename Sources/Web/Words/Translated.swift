/// The languages that visitors are spoken to in beside English: eleven catalogues inside the program.

extension Language {
    /// English first, then the others by their names.
    package static let all: [Language] = [.english] + translated

    /// Each catalogue is read when it is first spoken. Pages for visitors and all mails are translated; those for
    /// hosts are English.
    package static let translated: [Language] = [
        translated("de", "Deutsch"), translated("es", "Español"), translated("fr", "Français"),
        translated("it", "Italiano"), translated("nl", "Nederlands"), translated("pl", "Polski"),
        translated("pt", "Português", weekBegins: 0), translated("ja", "日本語", weekBegins: 0),
        translated("zh", "中文"), translated("ar", "العربية", .rightToLeft, weekBegins: 6),
        translated("he", "עברית", .rightToLeft, weekBegins: 0),
    ]

    /// The first days of weeks are those of Unicode CLDR 46, `weekData`, for the largest country of each language.
    private static func translated(
        _ code: String, _ name: String, _ direction: Direction = .leftToRight, weekBegins: Int = 1
    ) -> Language {
        let catalogue = Catalogue(lazily: {
            let bytes = PublicFiles.all.first { $0.name == "texts/\(code).txt" }?.bytes ?? []
            guard let sentences = try? Catalogue.sentences(reading: [String(decoding: bytes, as: UTF8.self)]) else {
                preconditionFailure("texts/\(code).txt is no catalogue")
            }
            return sentences
        })
        return Language(
            code: code, name: name, direction: direction, firstWeekday: weekBegins, catalogue: catalogue,
            isWhole: false)
    }

    /// The first parts of the addresses that visitors know.
    private static let visited: Set<Substring> = [
        "book", "booking", "form", "u", "team", "single-use", "one-off", "poll", "sheet",
    ]

    /// What can be spoken at an address: everything to visitors, to others what their pages are whole in.
    static func spoken(at path: String, of languages: [Language]) -> [Language] {
        let parts = path.split(separator: "/", maxSplits: 3)
        let isVisited = parts.first.map(visited.contains) ?? false
        return isVisited || parts.prefix(3) == ["api", "v1", "public"] ? languages : languages.filter(\.isWhole)
    }
}

/// Which form of a sentence goes with a number, by language.

/// The plural rules of a language for whole numbers.
///
/// Source: Unicode CLDR 46, `plurals.xml`; only integers occur in our sentences.
struct Plurals: Sendable {
    private let rule: @Sendable (Int) -> String

    static let english = Plurals(language: "en")

    init(language code: String) {
        switch code.lowercased().prefix(while: { $0 != "-" }) {
        case "ja", "zh", "ko", "vi", "th", "id": rule = { _ in "other" }
        case "fr", "pt": rule = { $0 == 0 || $0 == 1 ? "one" : "other" }
        case "pl": rule = Plurals.polish
        case "ru", "uk": rule = Plurals.russian
        case "cs", "sk": rule = { $0 == 1 ? "one" : (2...4).contains($0) ? "few" : "other" }
        case "ar": rule = Plurals.arabic
        case "he": rule = { $0 == 1 ? "one" : $0 == 2 ? "two" : "other" }
        default: rule = { $0 == 1 ? "one" : "other" }
        }
    }

    /// `zero`, `one`, `two`, `few`, `many` or `other`.
    func category(of number: Int) -> String {
        rule(Int(clamping: number.magnitude))
    }

    private static func polish(_ number: Int) -> String {
        if number == 1 { return "one" }
        let isFew = (2...4).contains(number % 10) && !(12...14).contains(number % 100)
        return isFew ? "few" : "many"
    }

    private static func russian(_ number: Int) -> String {
        if number % 10 == 1 && number % 100 != 11 { return "one" }
        let isFew = (2...4).contains(number % 10) && !(12...14).contains(number % 100)
        return isFew ? "few" : "many"
    }

    private static func arabic(_ number: Int) -> String {
        switch number {
        case 0: "zero"
        case 1: "one"
        case 2: "two"
        default:
            switch number % 100 {
            case 3...10: "few"
            case 11...99: "many"
            default: "other"
            }
        }
    }
}

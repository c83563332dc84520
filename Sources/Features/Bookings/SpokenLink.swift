/// The language a link speaks to strangers.
import Scheduling
import Web

extension Link {
    /// Runs `body` in the language the link speaks; in the visitor's where it names none.
    /// Where it names one nobody chooses another.
    /// - Parameters:
    ///   - languages: what is spoken here; a link may have been fixed to another when there were more.
    ///   - form: what was sent; a page without cookies brings its language along there.
    func spoken<Result>(
        among languages: [Language], for form: FormData? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let code = rules.look.language else {
            return try await Language.asked(form?["lang"], among: languages, body)
        }
        let language = Language.negotiate(acceptLanguage: nil, asked: [code], among: [.current] + languages)
        return try await Language.$choices.withValue([]) {
            try await Language.$current.withValue(language) { try await body() }
        }
    }
}

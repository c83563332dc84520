/// The pseudo language `en-XB`: English that looks foreign and runs from right to left.

/// Disguises translated words so that whatever stays plain on a page is visibly not translated.
enum Pseudo {
    /// `Pick a time with Ada` becomes `⟦Ƥïçķ å ţïɱé ŵïţĥ Ada⟧`: letters accented, values untouched.
    static func disguise(_ pieces: [Sentence.Piece]) -> [Sentence.Piece] {
        let inside = pieces.map { piece in
            guard case .words(let words) = piece else { return piece }
            return .words(String(words.map { letters[$0] ?? $0 }))
        }
        return [.words("⟦")] + inside + [.words("⟧")]
    }

    private static let letters = Dictionary(uniqueKeysWithValues: zip(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "åƀçðéƒĝĥïĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ"))
}

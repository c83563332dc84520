/// How a booking's texts become the words it is found by, and how what was typed becomes what is looked up.
import Foundation
import Scheduling

/// Words without case, accents and width: `Yūko`, `YUKO` and `ｙｕｋｏ` are one word.
package enum SearchWords {
    /// Longer words are cut; nobody types more.
    package static let longest = 64
    /// How many words one booking is found by.
    package static let mostWords = 80
    /// How many terms of a search are looked at.
    package static let mostTerms = 6

    /// The words of a text, folded, in the order they come.
    package static func words(_ text: String) -> [String] {
        split(text).flatMap { word in isWithoutBlanks(word) ? suffixes(word) : [word] }
    }

    /// What to look for: every term must begin a word of the booking.
    package static func terms(_ query: String) -> [String] {
        var seen: Set<String> = []
        return Array(split(query).filter { seen.insert($0).inserted }.prefix(mostTerms))
    }

    /// The word every booking of an address is found by; none that is typed begins so, for its parts are words too.
    package static func term(ofAddress address: String) -> String { String("=at:\(folded(address))".prefix(longest)) }

    /// One word without case and accents.
    package static func folded(_ text: String) -> String {
        // Most words are plain, and nothing about those has to be looked up.
        if isPlain(text) { return text.lowercased() }
        var folded = ""
        for scalar in text.lowercased().decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
        where !isMark(scalar) {
            folded.unicodeScalars.append(contentsOf: letters[scalar] ?? [scalar])
        }
        return folded
    }

    private static func split(_ text: String) -> [String] {
        folded(String(text.prefix(2000))).unicodeScalars.split { !isPartOfWord($0) }
            .map { String(String.UnicodeScalarView($0.prefix(longest))) }
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let isDigit = (0x30...0x39).contains(scalar.value)
            return isDigit || (0x61...0x7a).contains(scalar.value | 0x20)
        }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }

    /// Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic: what people leave out when they type.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x300...0x36f, 0x591...0x5bd, 0x5bf...0x5c7, 0x64b...0x65f, 0x670, 0x1ab0...0x1aff, 0x1dc0...0x1dff: true
        default: false
        }
    }

    /// Letters that do not decompose into one without a stroke.
    private static let letters: [Unicode.Scalar: [Unicode.Scalar]] = [
        "ß": ["s", "s"], "æ": ["a", "e"], "œ": ["o", "e"], "ø": ["o"], "ł": ["l"], "đ": ["d"], "ð": ["d"],
        "þ": ["t", "h"], "ı": ["i"], "ħ": ["h"], "ŋ": ["n"], "ς": ["σ"],
    ]

    /// Chinese and Japanese are written without blanks: such a run is found by every part it ends with.
    private static func isWithoutBlanks(_ word: String) -> Bool {
        if isPlain(word) { return false }
        return word.unicodeScalars.contains { scalar in
            (0x3040...0x30ff).contains(scalar.value) || (0x3400...0x9fff).contains(scalar.value)
        }
    }

    private static func suffixes(_ word: String) -> [String] {
        let scalars = Array(word.unicodeScalars.prefix(16))
        return scalars.indices.map { String(String.UnicodeScalarView(scalars[$0...])) }
    }
}

extension Booking {
    /// All it is found by: who, with which address, what it is called and how the answers begin.
    /// - Parameter title: the link's, as it was when this was booked.
    package func searchWords(title: String) -> Set<String> {
        let addresses = [attendee.email] + guests
        let texts = [attendee.name] + addresses + [title, attendee.phone ?? ""]
            + [bookedBy?.name, bookedBy?.email].compactMap(\.self)
            + answers.map { String($0.value.prefix(200)) }
        var words: Set<String> = ["=source:\(source.rawValue)"]
        let known = addresses + [bookedBy?.email].compactMap(\.self)
        for address in known { words.insert(SearchWords.term(ofAddress: address)) }
        for word in texts.flatMap(SearchWords.words) where words.count < SearchWords.mostWords { words.insert(word) }
        return words.filter { !$0.isEmpty }
    }
}

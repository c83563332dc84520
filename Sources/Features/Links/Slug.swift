/// The last part of a link's address: its form, its reserved words, and proposals when it is taken.
import Foundation
import Scheduling

package enum Slug {
    /// Words under `/book/` that are pages of their own.
    package static let reserved: Set<String> = [
        "reschedule", "cancel", "reconfirm", "find", "new", "approve", "waitlist",
    ]
    package static let longest = 80

    /// Whether `text` has the form of a slug: a–z, 0–9 and single dashes between them.
    package static func isWellFormed(_ text: String) -> Bool {
        guard (1...longest).contains(text.utf8.count), !reserved.contains(text) else { return false }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isPlain) }
    }

    /// A slug made from a title by transliteration; else six letters out of `entropy`.
    package static func proposed(from title: String, entropy: Entropy) -> String {
        var words: [String] = []
        var word = ""
        for scalar in title.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars {
            if scalar.isASCII, isPlain(UInt8(scalar.value)) {
                word.unicodeScalars.append(scalar)
            } else if let spelled = spellings[scalar] {
                word += spelled
            } else if scalar.properties.generalCategory != .nonspacingMark, !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        let slug = String(words.joined(separator: "-").prefix(48)).trimmedOfDashes
        return isWellFormed(slug) ? slug : letters(6, entropy: entropy)
    }

    /// Variations of a taken slug, the nicest first; the caller takes those that are free. The last three can hardly
    /// be taken.
    package static func variations(of slug: String, entropy: Entropy) -> [String] {
        let base = String(slug.prefix(longest - 8)).trimmedOfDashes
        return (2...9).map { "\(base)-\($0)" } + (1...3).map { _ in "\(base)-\(letters(4, entropy: entropy))" }
    }

    private static func letters(_ count: Int, entropy: Entropy) -> String {
        String(decoding: entropy.bytes(count).map { UInt8(ascii: "a") + $0 % 26 }, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Letters that do not decompose into a base letter and a mark, and those whose languages write them otherwise.
    private static let spellings: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "ð": "d",
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ы": "y", "э": "e", "ю": "yu", "я": "ya",
        "ъ": "", "ь": "", "і": "i", "є": "ye", "ґ": "g", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k",
        "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
        "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    ]
}

extension String {
    fileprivate var trimmedOfDashes: String {
        String(drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed())
    }
}

/// Sentences with values in them, looked up in the reader's language.

/// An English sentence that is also the key of its translations.
///
/// ```swift
/// say("Pick a time with \(host.name)")          // key "Pick a time with %1"
/// say("\(count)|one:One time is free|other:%1 times are free")
/// say("[short month] May")                      // the mark tells it from the word "May"
/// ```
///
/// Values are numbered in the order they appear, so that a translation may put them elsewhere. A sentence that begins
/// with `%1|` has one form per plural category of its language (CLDR: zero, one, two, few, many, other). `%%` is a
/// per cent sign where a digit follows.
package struct Sentence: ExpressibleByStringInterpolation, Sendable {
    /// The English sentence with `%1`, `%2`… for the values.
    package let key: String
    let values: [Value]

    /// What can stand in a sentence.
    package enum Value: Sendable {
        case text(String)
        case number(Int)
        case html(HTML)
    }

    package init(stringLiteral key: String) {
        self.key = key
        values = []
    }

    package init(stringInterpolation: StringInterpolation) {
        key = stringInterpolation.key
        values = stringInterpolation.values
    }

    /// A key written out, where the plural forms need a second value: `Sentence("%1|one:%2, one…", [.number(n), …])`.
    package init(_ key: String, _ values: [Value]) {
        self.key = key
        self.values = values
    }

    /// Collects the key and the values.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var key = ""
        fileprivate var values: [Value] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            key.reserveCapacity(literalCapacity + interpolationCount * 2)
        }

        package mutating func appendLiteral(_ literal: String) {
            key += literal
        }

        package mutating func appendInterpolation(_ text: String) {
            append(.text(text))
        }

        package mutating func appendInterpolation(_ number: Int) {
            append(.number(number))
        }

        /// Markup inside a sentence, such as a link.
        package mutating func appendInterpolation(_ html: HTML) {
            append(.html(html))
        }

        private mutating func append(_ value: Value) {
            precondition(values.count < 9, "A sentence has at most nine values")
            values.append(value)
            key += "%\(values.count)"
        }
    }
}

/// The sentence in ``Language/current`` as markup; its words and text values are escaped, its markup values are not.
package func say(_ sentence: Sentence) -> HTML {
    var bytes: [UInt8] = []
    for piece in sentence.pieces(in: Language.current) {
        switch piece {
        case .words(let words): bytes.appendEscaped(words)
        case .value(.text(let text)): bytes.appendEscaped(text)
        case .value(.number(let number)): bytes += String(number).utf8
        case .value(.html(let html)): bytes += html.bytes
        }
    }
    return HTML(trusted: bytes)
}

/// The sentence in ``Language/current`` as plain text, for titles, labels, messages and mails.
/// Markup values give their text only.
package func plain(_ sentence: Sentence) -> String {
    sentence.pieces(in: Language.current).map { piece in
        switch piece {
        case .words(let words): words
        case .value(.text(let text)): text
        case .value(.number(let number)): String(number)
        case .value(.html(let html)): html.words
        }
    }.joined()
}

extension Sentence {
    /// A run of translated words, or a value.
    enum Piece {
        case words(String)
        case value(Value)
    }

    /// The words of the language with the values in their places.
    func pieces(in language: Language) -> [Piece] {
        let translation = language.catalogue[key]
        let pattern = form(of: translation ?? Sentence.withoutMark(key),
                           rules: translation == nil ? .english : language.plurals)
        let pieces = split(pattern)
        return language.isPseudo ? Pseudo.disguise(pieces) : pieces
    }

    /// Drops `[what it is] ` from the front of a key.
    private static func withoutMark(_ key: String) -> String {
        guard key.hasPrefix("["), let end = key.firstRange(of: "] ") else { return key }
        return String(key[end.upperBound...])
    }

    /// Chooses the plural form of `%1|one:…|other:…`; any other text is its own only form.
    private func form(of text: String, rules: Plurals) -> String {
        guard text.hasPrefix("%"), let bar = text.firstIndex(of: "|"),
              text.distance(from: text.startIndex, to: bar) == 2,
              let position = Int(text[text.index(after: text.startIndex)..<bar]), values.indices.contains(position - 1),
              case .number(let number) = values[position - 1]
        else { return text }
        let forms = text[text.index(after: bar)...].split(separator: "|").map {
            $0.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        }
        let wanted = rules.category(of: number)
        let form = forms.first { $0[0] == wanted } ?? forms.first { $0[0] == "other" } ?? forms.last
        return String(form?.last ?? "")
    }

    /// Cuts a pattern at `%1`…`%9`; a number without a value stays as it is written.
    private func split(_ pattern: String) -> [Piece] {
        guard pattern.utf8.contains(UInt8(ascii: "%")) else { return [.words(pattern)] }
        var pieces: [Piece] = []
        var words = ""
        var rest = pattern[...]
        while let character = rest.popFirst() {
            guard character == "%", let next = rest.first else {
                words.append(character)
                continue
            }
            if next == "%" {
                rest.removeFirst()
                words.append("%")
                // "50%" before a value reads "%%1": the second sign belongs to the value.
                if let digit = rest.first, isPlace(digit) { rest = "%" + rest }
            } else if isPlace(next), let number = next.wholeNumberValue {
                rest.removeFirst()
                if !words.isEmpty { pieces.append(.words(words)) }
                words = ""
                pieces.append(.value(values[number - 1]))
            } else {
                words.append("%")
            }
        }
        if !words.isEmpty { pieces.append(.words(words)) }
        return pieces
    }

    private func isPlace(_ digit: Character) -> Bool {
        digit.isASCII && digit.wholeNumberValue.map { values.indices.contains($0 - 1) } ?? false
    }
}

extension HTML {
    /// The text of the markup: tags dropped, the five references resolved.
    var words: String {
        var text = ""
        var inTag = false
        for character in self.text.unicodeScalars {
            if character == "<" { inTag = true }
            if !inTag { text.unicodeScalars.append(character) }
            if character == ">" { inTag = false }
        }
        for (reference, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replacing(reference, with: sign)
        }
        return text
    }
}

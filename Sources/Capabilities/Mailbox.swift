/// A name with an address, as it stands in From, To and Reply-To; its name cannot carry a second header.

package struct Mailbox: Hashable, Sendable {
    /// May be empty. Visible characters and single spaces only, at most `longestName` characters.
    package let name: String
    package let address: EmailAddress

    /// Characters of a name. Longer ones are nobody's name and would not fit a header line.
    package static let longestName = 120

    /// Refuses a name that `cleaned` would change: use this where a person can be told.
    package init(name: String, address: EmailAddress) throws(MailDefect) {
        guard Self.cleaned(name) == name else { throw .name }
        self.name = name
        self.address = address
    }

    /// Takes any name and keeps what may be shown: use this for names that were stored before.
    package init(cleaning name: String, address: EmailAddress) {
        self.name = Self.cleaned(name)
        self.address = address
    }

    /// The name without line breaks, control characters and marks that turn the direction of the text around
    /// (they can make "gro.elpmaxe" read as another address); runs of white space become one space.
    package static func cleaned(_ name: String, longest: Int = longestName) -> String {
        var scalars = String.UnicodeScalarView()
        var gap = false
        // Four scalars a character is ample for any script; the bound keeps 10 kB of marks from being looked at.
        for scalar in name.unicodeScalars.prefix(longest * 4) {
            if scalar.properties.isWhitespace || scalar.isControl {
                gap = true
            } else if !scalar.turnsText {
                if gap && !scalars.isEmpty { scalars.append(" ") }
                gap = false
                scalars.append(scalar)
            }
        }
        let short = String(String(scalars).prefix(longest))
        return short.hasSuffix(" ") ? String(short.dropLast()) : short
    }
}

extension Unicode.Scalar {
    /// Line breaks included.
    package var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }

    /// Embedding, override and isolate marks (UAX 9). The plain marks LRM, RLM and ALM stay: names need them.
    package var turnsText: Bool {
        (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }

    package var isPrintable: Bool {
        !isControl && !turnsText && !properties.isWhitespace && properties.generalCategory != .format
    }
}

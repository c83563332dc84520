/// The colour of a workspace, made readable on light and on dark pages.

/// What `tokens.css` calls the brand: a colour each for light and dark pages, and what is written on them.
///
/// A workspace chooses one colour. On light pages it is darkened, on dark ones lightened, in OKLCH, until text in it
/// has 4.5:1 (WCAG 2.2, 1.4.3) on every ground it stands on; the tints of `tokens.css` follow by themselves.
package struct Brand: Hashable, Sendable {
    package let light: Colour
    package let dark: Colour
    /// What is written on `light`.
    package let onLight: Colour
    /// What is written on `dark`.
    package let onDark: Colour

    /// The petrol of `tokens.css`.
    package static let standard = Brand(
        light: Colour(0x0b, 0x5f, 0x6a), dark: Colour(0x6f, 0xc6, 0xd1), onLight: .white,
        onDark: Colour(0x04, 0x19, 0x1c))

    private init(light: Colour, dark: Colour, onLight: Colour, onDark: Colour) {
        (self.light, self.dark, self.onLight, self.onDark) = (light, dark, onLight, onDark)
    }

    /// The colour that somebody chose, moved as little as its readers need.
    package init(_ chosen: Colour) {
        let light = Self.moved(chosen, towards: 0, on: .light)
        let dark = Self.moved(chosen, towards: 1, on: .dark)
        self.init(light: light, dark: dark, onLight: Self.ink(on: light), onDark: Self.ink(on: dark))
    }

    /// A colour as the database keeps it, `#2f6f4f`; the standard one for nil and for what is no colour.
    package init(stored: String?) {
        self = stored.flatMap { Colour($0) }.map { Brand($0) } ?? .standard
    }

    /// Where the style sheet is; nil for the standard, which `tokens.css` has. The address says all that is in it.
    package var stylesheet: Path? {
        guard self != .standard else { return nil }
        return Path("/assets/\(Self.prefix)\([light, dark, onLight, onDark].map(\.digits).joined(separator: "-")).css")
    }

    private static let prefix = "brand."

    /// The style sheet that an address under `/assets/` names; nil for another file.
    static func sheet(named file: String) -> [UInt8]? {
        guard file.hasPrefix(prefix), file.hasSuffix(".css") else { return nil }
        let parts = file.dropFirst(prefix.count).dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        let colours = parts.compactMap { Colour("#\($0)") }
        guard parts.count == 4, colours.count == 4, zip(parts, colours).allSatisfy({ $0 == $1.digits }) else {
            return nil
        }
        let names = ["--brand-light", "--brand-dark", "--on-brand-light", "--on-brand-dark"]
        let rules = zip(names, colours).map { "\($0): \($1.css);" }.joined(separator: " ")
        return Array(":root { \(rules) }\n".utf8)
    }
}

extension Brand {
    /// The grounds of one theme; the same values as in `tokens.css`.
    private struct Theme {
        let plain: [Colour]
        /// Lightness and most chroma of `--accent-soft` and `--accent-mid`.
        let soft, mid: (lightness: Double, chroma: Double)

        static let light = Theme(
            plain: [.white, Colour(0xf6, 0xf8, 0xf8)], soft: (0.958, 0.015), mid: (0.905, 0.034))
        static let dark = Theme(
            plain: [Colour(0x0e, 0x11, 0x12), Colour(0x14, 0x18, 0x1a), Colour(0x1d, 0x22, 0x24)],
            soft: (0.28, 0.028), mid: (0.37, 0.045))

        /// Whether a colour can be read as text on all grounds, seen on the middle tint, and written on.
        func takes(_ colour: Colour) -> Bool {
            let spoken = OKLCH(colour)
            func tint(_ shade: (lightness: Double, chroma: Double)) -> Colour {
                OKLCH(lightness: shade.lightness, chroma: min(spoken.chroma, shade.chroma), hue: spoken.hue).colour
            }
            return (plain + [tint(soft)]).allSatisfy { colour.contrast(with: $0) >= 4.5 }
                && colour.contrast(with: tint(mid)) >= 3 && colour.contrast(with: Brand.ink(on: colour)) >= 4.5
        }
    }

    /// The first colour on the way to black (0) or white (1) that the theme takes: the way there is searched by halves,
    /// because what is once dark or light enough stays so.
    private static func moved(_ chosen: Colour, towards end: Double, on theme: Theme) -> Colour {
        if theme.takes(chosen) { return chosen }
        let spoken = OKLCH(chosen)
        func colour(_ share: Double) -> Colour {
            var moved = spoken
            moved.lightness += (end - spoken.lightness) * share
            return moved.colour
        }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<10 {
            let middle = (low + high) / 2
            if theme.takes(colour(middle)) { high = middle } else { low = middle }
        }
        return colour(high)
    }

    /// White or nearly black, whichever is further away.
    private static func ink(on colour: Colour) -> Colour {
        let night = Colour(0x04, 0x14, 0x16)
        return colour.contrast(with: .white) >= colour.contrast(with: night) ? .white : night
    }
}

/// The name of a workspace as people outside of it read it, with the colours it is shown in.
package struct WorkspaceName: Hashable, Sendable, ExpressibleByStringLiteral {
    package let text: String
    package let brand: Brand

    package init(_ text: String, brand: Brand = .standard) {
        (self.text, self.brand) = (text, brand)
    }

    package init(stringLiteral text: String) { self.init(text) }
}

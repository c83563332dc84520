/// A workspace's colour: readable in both themes whatever somebody chose, and served under an address that says it.
import Testing

@testable import Web

@Suite struct BrandTests {
    /// Every sixteenth step of red, green and blue, 0 and 255 among them: 4,913 colours.
    @Test("whatever somebody chooses can be read on light pages and on dark ones")
    func readable() {
        let steps = (0...16).map { UInt8(min($0 * 16, 255)) }
        let grounds = (light: [Colour.white, Colour(0xf6, 0xf8, 0xf8)], dark: [Colour(0x0e, 0x11, 0x12),
                       Colour(0x14, 0x18, 0x1a), Colour(0x1d, 0x22, 0x24)])
        var weak: [Colour] = []
        for red in steps {
            for green in steps {
                for blue in steps {
                    let chosen = Colour(red, green, blue), brand = Brand(chosen)
                    let reads = grounds.light.allSatisfy { brand.light.contrast(with: $0) >= 4.5 }
                        && grounds.dark.allSatisfy { brand.dark.contrast(with: $0) >= 4.5 }
                        && brand.light.contrast(with: brand.onLight) >= 4.5
                        && brand.dark.contrast(with: brand.onDark) >= 4.5
                    if !reads { weak.append(chosen) }
                }
            }
        }
        #expect(weak == [])
    }

    @Test("what can be read stays as it was chosen")
    func stays() {
        let green = Colour(0x2f, 0x6f, 0x4f)
        #expect(Brand(green).light == green)
        #expect(Brand(green).dark != green)
        let rose = Colour(0xff, 0xb3, 0xc1)
        #expect(Brand(rose).dark == rose)
        #expect(Brand(rose).light != rose)
    }

    @Test("a colour that is moved keeps its hue", arguments: [
        "#ffffff", "#000000", "#808080", "#ffff00", "#00ff00", "#0000ff", "#ff0000",
    ])
    func hue(text: String) throws {
        let chosen = try #require(Colour(text)), brand = Brand(chosen)
        let hue = OKLCH(chosen)
        for shown in [OKLCH(brand.light), OKLCH(brand.dark)] where hue.chroma > 0.02 && shown.chroma > 0.02 {
            #expect(abs(hue.hue - shown.hue) < 0.06, "\(text)")
        }
    }

    /// Values that Chromium gives for `oklch(from #ff0000 l c h)` and so on.
    @Test("lightness, chroma and hue are those that browsers see", arguments: [
        ("#ff0000", 0.628, 0.2577, 29.23), ("#008000", 0.5198, 0.1769, 142.5), ("#0b5f6a", 0.4457, 0.0737, 209.08),
    ])
    func oklch(text: String, lightness: Double, chroma: Double, degrees: Double) throws {
        let colour = try #require(Colour(text)), spoken = OKLCH(colour)
        #expect(abs(spoken.lightness - lightness) < 0.001)
        #expect(abs(spoken.chroma - chroma) < 0.001)
        #expect(abs(spoken.hue * 180 / .pi - (degrees > 180 ? degrees - 360 : degrees)) < 0.5)
        #expect(spoken.colour == colour)
    }

    @Test("contrast is that of WCAG")
    func contrast() {
        #expect(abs(Colour.black.contrast(with: .white) - 21) < 0.001)
        #expect(abs(Colour(0x76, 0x76, 0x76).contrast(with: .white) - 4.54) < 0.01)
    }

    @Test("the address of the style sheet says all that is in it")
    func address() throws {
        let brand = Brand(Colour(0xb0, 0x30, 0x60))
        let path = try #require(brand.stylesheet).text
        let name = String(path.dropFirst("/assets/".count))
        let sheet = try #require(Brand.sheet(named: name))
        let words = String(decoding: sheet, as: UTF8.self)
        #expect(words.contains("--brand-light: \(brand.light.css);"))
        #expect(words.contains("--on-brand-dark: \(brand.onDark.css);"))
        #expect(Brand.standard.stylesheet == nil)
        #expect(Brand(stored: nil) == .standard && Brand(stored: "red") == .standard)
    }

    @Test("other names are no style sheets", arguments: [
        "brand.css", "brand.0b5f6a.css", "brand.0b5f6a-0b5f6a-ffffff-fffffg.css",
        "brand.0B5F6A-0b5f6a-ffffff-ffffff.css", "brand.0b5f6a-0b5f6a-ffffff-ffffff-ffffff.css",
        "brand.0b5f6a--ffffff-ffffff.css", "brand.}*{-0b5f6a-ffffff-ffffff.css",
    ])
    func others(name: String) {
        #expect(Brand.sheet(named: name) == nil)
    }

    @Test("public pages ask for the sheet of their workspace, and for none without a colour")
    func pages() {
        let brand = Brand(Colour(0xb0, 0x30, 0x60))
        let page = Layout.publicPage(title: "Intro", workspaceName: WorkspaceName("Nordhavn", brand: brand), "").text
        #expect(page.contains(brand.stylesheet?.text ?? "none"))
        #expect(!Layout.publicPage(title: "Intro", workspaceName: "Nordhavn", "").text.contains("brand."))
    }
}

/// Slugs: their form, their making out of any title, and the proposals for a taken one.
import Scheduling
import Testing

@testable import Features

struct SlugTests {
    @Test("letters, digits and single dashes between them make a slug; all else does not")
    func form() {
        for slug in ["a", "7", "intro", "a-b-c", "30-min", String(repeating: "x", count: 80)] {
            #expect(Slug.isWellFormed(slug), "\(slug)")
        }
        for text in [
            "", "-a", "a-", "a--b", "A", "a b", "a_b", "a/b", "a.b", "é", "а", "a\u{301}", "..", "a\n",
            String(repeating: "x", count: 81),
        ] + Slug.reserved {
            #expect(!Slug.isWellFormed(text), "\(text)")
        }
    }

    @Test("a title becomes a slug of its own words, whatever its script")
    func proposals() {
        let entropy = Entropy.seeded(1)
        let wanted = [
            "Product walkthrough": "product-walkthrough", "  30 min: Intro!  ": "30-min-intro",
            "Größe & Maß": "grosse-mass", "Łódź, Ærø": "lodz-aero", "Знакомство": "znakomstvo", "ﬁrst ①": "first-1",
            "Café\u{301}": "cafe", "İstanbul": "istanbul",
        ]
        for (title, slug) in wanted { #expect(Slug.proposed(from: title, entropy: entropy) == slug, "\(title)") }
    }

    @Test("a title without a usable letter, or one of our own pages, gets six letters", arguments: [
        "長谷川", "!!!", "", "Cancel", "🦊", "new",
    ])
    func letters(title: String) {
        let slug = Slug.proposed(from: title, entropy: .seeded(1))
        #expect(slug.utf8.count == 6 && Slug.isWellFormed(slug) && slug.utf8.allSatisfy { (97...122).contains($0) })
        #expect(slug == Slug.proposed(from: title, entropy: .seeded(1)))
    }

    @Test("whatever the title, the proposal is a slug")
    func always() {
        let entropy = Entropy.seeded(42)
        for _ in 0..<2_000 {
            let scalars = (0..<12).compactMap { _ -> Unicode.Scalar? in
                let bytes = entropy.bytes(2)
                return Unicode.Scalar(UInt32(bytes[0]) << 8 | UInt32(bytes[1]))
            }
            let title = String(String.UnicodeScalarView(scalars))
            #expect(Slug.isWellFormed(Slug.proposed(from: title, entropy: entropy)), "\(scalars)")
        }
        #expect(Slug.proposed(from: String(repeating: "long words ", count: 50), entropy: entropy).utf8.count <= 48)
    }

    @Test("variations are slugs, all different, also of the longest one")
    func variations() {
        for slug in ["intro", String(repeating: "x", count: 80), "a-" + String(repeating: "y", count: 78)] {
            let all = Slug.variations(of: slug, entropy: .seeded(1))
            #expect(all.count > 3 && Set(all).count == all.count && all.allSatisfy(Slug.isWellFormed))
        }
        #expect(Slug.variations(of: "intro", entropy: .seeded(1)).prefix(2) == ["intro-2", "intro-3"])
    }

    @Test("titles are spelled in plain letters, by the customs of their languages", arguments: [
        ("Größe & Übung", "grosse-ubung"), ("Smörgåsbord på Åre", "smorgasbord-pa-are"), ("Ærø Øl", "aero-ol"),
        ("Þingvellir", "thingvellir"), ("Знакомство", "znakomstvo"), ("Подъём", "podem"), ("Київ", "kiiv"),
        ("Γνωριμία", "gnorimia"), ("Łódź", "lodz"), ("İstanbul ığdır", "istanbul-igdir"),
    ])
    func spelling(title: String, slug: String) {
        #expect(Slug.proposed(from: title, entropy: .seeded(1)) == slug)
    }

    @Test("a title without a letter we can spell gets six random letters")
    func random() {
        for title in ["長谷川", "🦊", "—", ""] {
            let slug = Slug.proposed(from: title, entropy: .seeded(1))
            #expect(slug.count == 6 && Slug.isWellFormed(slug))
        }
    }
}

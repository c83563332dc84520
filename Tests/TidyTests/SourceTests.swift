/// The reader of Swift files that the rules stand on.
import Testing

struct SourceTests {
    private func source(_ text: String) -> Source { Source(File(path: "Sources/Web/A.swift", text: text)) }

    @Test("Comments and strings are blanked, interpolated code stays")
    func blanked() {
        let code = source("let a = \"try! \\(b.c!)\" // as!\n/* fatalError /* x */ y */ let d = 1\n").code
        #expect(!code.contains("try!") && !code.contains("as!") && !code.contains("fatalError"))
        #expect(code.contains("b.c!") && code.contains("let d = 1"))
    }

    @Test("Literals keep their interpolations between marks, to any depth")
    func literals() {
        let found = source(
            "let a = \"\"\"\n  <p>\\(each: xs, { x in \"<i>\\(x)</i>\" })</p>\n  \"\"\"\nlet b = #\"\\d\"#\n"
        ).literals
        #expect(found.map(\.line) == [2, 1, 4])
        #expect(found[0].text == "<i>\u{1}x\u{2}</i>")
        #expect(found[1].plain.contains("<p>\u{1}\u{2}</p>"))
        #expect(found[2].text == "\\d")
    }

    @Test("Functions, initialisers and computed properties are measured; requirements are not")
    func functions() {
        let found = source("""
            protocol P { func a() -> Int; var c: Int { get } }
            struct S {
                func b(x: [Int] = { [1] }()) -> Int {
                    1
                }
                init?(x: Int) { return nil }
                var d: Int {
                    1
                }
                var e: Int = { 1 }()
                let f = xs.map(S.init (x:))
            }
            """).functions
        #expect(found.map(\.name) == ["b", "init", "d"])
        #expect(found.map(\.length) == [3, 1, 3])
        #expect(found.map(\.line) == [3, 6, 7])
    }

    @Test("Attributes are found with their lines and quotes")
    func attributes() {
        let found = htmlAttributes("<a href=\"/x\"\n  class=big \u{1}\u{2} hidden>1 < 2</a>")
        #expect(found.map(\.name) == ["href", "class", "\u{1}\u{2}", "hidden"])
        #expect(found.map(\.quoted) == [true, false, false, false])
        #expect(found.map(\.line) == [0, 1, 1, 1])
    }
}

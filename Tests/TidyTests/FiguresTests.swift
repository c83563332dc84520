/// The figures a reader asks for: sizes, share of comments, tests against sources. `bin/test` shows them.
import Testing

struct FiguresTests {
    @Test("The figures of the sources are printed")
    func figures() {
        let sources = Tree.repository.sources, tests = Tree.repository.tests
        let files = sources.map(\.size).sorted()
        let functions = sources.flatMap(\.functions).map(\.length).sorted()
        let lines = files.reduce(0, +), comments = sources.map(\.commentLines).reduce(0, +)
        let testLines = tests.map(\.size).reduce(0, +)
        print("tidy: \(files.count) source files with \(lines) lines: \(files.spread)")
        print("tidy: \(functions.count) functions, lines: \(functions.spread)")
        print("tidy: comments \(percent(comments, lines)) % of the lines")
        print("tidy: tests \(percent(testLines, lines)) % of the sources")
        #expect(files.part(90) <= 250, "nine of ten files have at most 250 lines")
        #expect(functions.part(90) <= 25, "nine of ten functions have at most 25 lines")
    }

    private func percent(_ part: Int, _ whole: Int) -> Int { whole == 0 ? 0 : part * 100 / whole }
}

extension [Int] {
    var spread: String { "median \(part(50)), p90 \(part(90)), longest \(last ?? 0)" }

    /// The value below which so many percent of a sorted list lie.
    func part(_ percent: Int) -> Int { isEmpty ? 0 : self[(count - 1) * percent / 100] }
}

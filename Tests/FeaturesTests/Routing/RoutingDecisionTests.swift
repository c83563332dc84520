/// Which routes answers take: every comparison, groups with and and or, and the order of routes.
import Scheduling
import Testing
import Web

@testable import Features

struct RoutingDecisionTests {
    private static func id(_ number: Int) -> ID<Question> {
        ID(milliseconds: Int64(number), random: [UInt8](repeating: 0, count: 10))
    }

    private static func answers(_ values: [Int: String], _ kind: Question.Kind = .text) -> FormAnswers {
        FormAnswers(values.map { Answered(question: id($0.key), label: "", value: $0.value, kind: kind) })
    }

    private static func condition(
        _ question: Int, _ comparison: RouteCondition.Comparison, _ values: String...
    ) -> RouteCondition {
        RouteCondition(question: id(question), comparison: comparison, values: values)
    }

    @Test("each comparison holds for what it says, and for nothing else", arguments: [
        (.equals, "Air", ["air"], true), (.equals, "Air quality", ["air"], false), (.equals, nil, ["air"], false),
        (.equals, " air ", ["Air"], true), (.notEquals, "Air", ["air"], false), (.notEquals, "Water", ["air"], true),
        (.notEquals, nil, ["air"], true), (.contains, "Clean AIR now", ["air"], true),
        (.contains, "Water", ["air"], false), (.contains, nil, ["air"], false),
        (.notContains, "Water", ["air"], true), (.notContains, "airs", ["air"], false),
        (.notContains, nil, ["air"], true), (.isIn, "Two", ["one", "two"], true),
        (.isIn, "Three", ["one", "two"], false),
        (.isIn, nil, ["one"], false), (.greater, "10", ["9"], true), (.greater, "9", ["10"], false),
        (.greater, "9", ["9"], false), (.greater, "9.5", ["9,4"], true),
        (.equals, "10.0", ["10"], true), (.isIn, "12.5", ["1", "12,5"], true), (.notEquals, "010", ["10"], false),
        (.less, "-3", ["2"], true),
        (.less, "2", ["-3"], false), (.less, "few", ["2"], false), (.greater, nil, ["2"], false),
        (.greater, "2026-12-03", ["2026-11-30"], true), (.less, "2026-12-03", ["2026-11-30"], false),
        (.less, "2026-12-03", ["7"], false), (.isEmpty, nil, [], true), (.isEmpty, "x", [], false),
    ] as [(RouteCondition.Comparison, String?, [String], Bool)])
    func comparisons(comparison: RouteCondition.Comparison, given: String?, values: [String], holds: Bool) {
        let condition = RouteCondition(question: Self.id(1), comparison: comparison, values: values)
        #expect(condition.holds(Self.answers(given.map { [1: $0] } ?? [:])) == holds)
    }

    @Test("several chosen answers contain each of them, and equal one only alone")
    func several() {
        let both = Self.answers([1: "East\nNorth west"], .multiSelect)
        #expect(Self.condition(1, .contains, "north west").holds(both))
        #expect(Self.condition(1, .isIn, "South", "East").holds(both))
        #expect(!Self.condition(1, .equals, "East").holds(both))
        #expect(Self.condition(1, .equals, "East").holds(Self.answers([1: "East"], .multiSelect)))
        #expect(Self.condition(1, .notContains, "south").holds(both))
    }

    @Test("groups join their conditions, and a route joins its groups", arguments: [
        (Joining.all, Joining.all, [1: "a", 2: "b", 3: "c"], true), (.all, .all, [1: "a", 2: "b"], false),
        (.all, .any, [1: "a", 3: "c"], true), (.all, .any, [1: "a", 2: "b"], false), (.any, .all, [3: "c"], true),
        (.any, .all, [1: "a"], false), (.any, .any, [2: "b"], true), (.any, .any, [:], false),
    ])
    func groups(route join: Joining, group inner: Joining, given: [Int: String], takes: Bool) {
        var route = FormRoute()
        route.join = join
        route.groups = [
            RouteGroup(join: inner, conditions: [Self.condition(1, .equals, "a"), Self.condition(2, .equals, "b")]),
            RouteGroup(join: inner, conditions: [Self.condition(3, .equals, "c")]),
        ]
        #expect(route.takes(Self.answers(given)) == takes)
    }

    @Test("a route without conditions takes everybody")
    func everybody() {
        #expect(FormRoute().takes(Self.answers([:])))
    }
}

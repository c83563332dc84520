/// The worked cases and fixed workloads, and what is said about broken scenarios.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ScenarioTests {
    @Test("All worked cases have exactly their expected slots")
    func cases() throws {
        let expected = try JSONDecoder().decode([Case].self, from: data("cases.json"))
        let scenarios = try Scenario.read(Array(data("cases.json")), zones: zones)
        #expect(scenarios.count == 69)
        for (scenario, example) in zip(scenarios, expected) {
            let slots = scenario.question.slots()
            #expect(slots.map(\.start.seconds) == example.expect.slots, "\(scenario.id): \(example.why ?? "")")
            #expect(slots.map(\.eligible) == example.expect.eligible, "\(scenario.id)")
        }
    }

    @Test("The fixed workloads have exactly their expected slots", arguments: ["W1", "W2", "W3", "W4", "W5", "W6x"])
    func workloads(name: String) throws {
        let expected = try JSONDecoder().decode([String: Answer].self, from: data("expected.json"))
        let scenario = try #require(try Scenario.read(Array(data(name + ".json")), zones: zones).first)
        let slots = scenario.question.slots()
        #expect(slots.map(\.start.seconds) == expected[name]?.slots)
        #expect(slots.map(\.eligible) == expected[name]?.eligible)
    }

    @Test("A broken scenario is refused with the field's path", arguments: [
        (#""zone":"UTC","mode""#, #""zone":"Mars","mode""#, "[0].event.zone", "unknown time zone \"Mars\""),
        (#""single""#, #""solo""#, "[0].event.mode", "is not single, roundRobin, collective or multiHost"),
        (#""durationMin":30"#, #""durationMin":0"#, "[0].event.durationMin", "0 is not between 1 and 527040 minutes"),
        (#""durationMin":30"#, #""durationMin":"30""#, "[0].event.durationMin", "is not the right type"),
        (#""durationMin":30"#, #""duration":30"#, "[0].event", "durationMin is missing"),
        (#""now":0"#, #""now":999999999999"#, "[0].now", "999999999999 is not an instant of the years 1 to 9999"),
        (#""to":86400"#, #""to":864000000000"#, "[0].to", "864000000000 is not an instant of the years 1 to 9999"),
        (#""to":86400"#, #""to":8640000000"#, "[0].to", "is more than ten years after from"),
        ("[[540,600]],", "", "[0].hosts[0].weekly", "needs seven lists, Sunday first"),
        ("[540,600]", "[600,540]", "[0].hosts[0].weekly[4][0]", "needs 0 <= opens < closes <= 2880"),
        ("[540,600]", "[600]", "[0].hosts[0].weekly[4][0]", "needs two numbers, opens and closes"),
        ("1970-01-02", "1970-02-30", "[0].hosts[0].overrides", "\"1970-02-30\" is not a date (YYYY-MM-DD)"),
        ("[[0,60]]", "[[0]]", "[0].hosts[0].busy[0]", "needs 2 numbers"),
        ("[[0,60]]", "[[0,60],[null,1]]", "[0].hosts[0].busy[1][0]", "must not be null"),
        (#""own":[]"#, #""own":[[0,60,-1,0]]"#, "[0].hosts[0].own[0]", "has a gap that is not between 0 and 31622400"),
    ])
    func broken(part: String, wrong: String, path: String, message: String) throws {
        let sound = """
            [{"id":"x","event":{"zone":"UTC","mode":"single","durationMin":30},"now":0,"from":0,"to":86400,
            "hosts":[{"id":1,"zone":"UTC","weekly":[[],[],[],[],[[540,600]],[],[]],"overrides":{"1970-01-02":[]},
            "busy":[[0,60]],"own":[]}]}]
            """
        #expect(try Scenario.read(Array(sound.utf8), zones: zones).count == 1)
        let broken = sound.replacing(part, with: wrong)
        #expect(throws: ScenarioError(path: path, message: message)) {
            try Scenario.read(Array(broken.utf8), zones: zones)
        }
    }

    @Test("What is not JSON is refused", arguments: ["", "[", "{}", "nonsense", "[1]", "null"])
    func notJSON(text: String) {
        #expect(throws: ScenarioError.self) { try Scenario.read(Array(text.utf8), zones: zones) }
    }

    private func data(_ name: String) throws -> Data {
        try Data(contentsOf: here.appending(path: "Data").appending(path: name))
    }
}

private struct Case: Decodable {
    var why: String?
    var expect: Answer
}

private struct Answer: Decodable {
    var slots: [Int64]
    var eligible: [Int]
}

/// Scenarios that somebody damaged: refused with the field's path, or answered; never a crash, never an hour.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ScenarioFuzzTests {
    /// Every field a scenario knows.
    private static let sound = """
        {"id":"x","event":{"zone":"Europe/Berlin","mode":"multiHost","durationMin":30,"durationsMin":[15,60],
        "stepMin":15,"offsetMin":5,"alignMin":15,"bufferBeforeMin":5,"bufferAfterMin":5,"gapRule":"sum",
        "travelBeforeMin":5,"travelAfterMin":5,"minNoticeMin":60,"window":{"kind":"rolling_days","days":9},
        "limits":[{"scope":"link","per":"week","count":9},{"scope":"host","per":"day","minutes":200}],"weekStart":1,
        "capacity":3,"pools":[{"id":"p","take":1}],"bookerHours":[[[480,1200]],[[480,1200]],[[480,1200]],[[480,1200]],
        [[480,1200]],[[480,1200]],[[480,1200]]],"firstOfDay":false,"besideFirst":true},
        "now":1773010800,"from":1773010800,"to":1773270000,"party":2,"bookerZone":"Europe/Paris",
        "hosts":[{"id":1,"zone":"Europe/Berlin","weekly":[[],[[540,1020]],[[540,1020]],[[540,1020]],[[540,1020]],
        [[540,1020]],[]],"overrides":{"2026-03-10":[[600,700]]},"daysOff":{"2026-03-11":{"reason":"holiday",
        "fromMin":720}},"trips":[{"from":"2026-03-12","to":"2026-03-12","zone":"Asia/Tokyo"}],
        "busy":[[1773136800,1773138600]],"own":[[1773050000,1773053600,900,0]],"meetings":[[1773136800,30,1]]},
        {"id":"b","zone":"UTC","weekly":[[],[[540,1020]],[[1320,1560]],[[540,1020]],[[0,1440]],[[0,2880]],[]],
        "pool":"p","barred":[]}],
        "sessions":[{"start":1773140400,"end":1773142200,"capacity":3,"taken":1,"hosts":[1]}],
        "resources":[{"id":"room","required":true,"anyOf":[{"id":"r","seats":4,"zone":"UTC","weekly":[[[0,1440]],
        [[0,1440]],[[0,1440]],[[0,1440]],[[0,1440]],[[0,1440]],[[0,1440]]],"busy":[[1773136800,1773137700]]}]}],
        "meetings":{"link":[[1773136800,30]],"team":[],"attendee":[[1773136800,30]]},"explain":[1773140400]}
        """

    @Test("The sound scenario has slots and uses every field")
    func sound() throws {
        let scenario = try #require(try Scenario.read(Array(Self.sound.utf8), zones: zones).first)
        #expect(!scenario.question.slots().isEmpty)
        let lines = try run(Self.sound)
        #expect(lines.first?.contains("\"seatsLeft\"") == true && lines.first?.contains("\"explain\":[{") == true)
    }

    @Test("Damaged scenarios are refused or answered")
    func damaged() throws {
        var random = Seeded(seed())
        let sound = try JSONSerialization.jsonObject(with: Data(Self.sound.utf8))
        let count = scenarios(10_000)
        var (refused, answered) = (0, 0)
        for _ in 0..<count {
            var json = sound
            for _ in 0..<random.pick([1, 1, 1, 2, 4]) { json = damage(json, &random) }
            var bytes = Array(try JSONSerialization.data(withJSONObject: json, options: [.fragmentsAllowed]))
            if random.chance(10), !bytes.isEmpty {
                bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
            }
            do {
                for scenario in try Scenario.read(bytes, zones: zones) { check(scenario) }
                answered += 1
            } catch let error as ScenarioError {
                #expect(!error.message.isEmpty)
                refused += 1
            }
        }
        #expect(refused > count / 10 && answered > count / 10, "\(refused) refused, \(answered) answered")
    }

    private func check(_ scenario: Scenario) {
        let slots = scenario.question.slots()
        for (slot, next) in zip(slots, slots.dropFirst()) where slot.start >= next.start {
            Issue.record("\(slot.start) and \(next.start) are not in order")
        }
        guard !slots.isEmpty else { return }
        let some = slots[slots.count / 2]
        #expect(scenario.question.refusal(at: some.start) == nil)
    }

    /// Another value somewhere in the tree.
    private func damage(_ json: Any, _ random: inout Seeded) -> Any {
        if var fields = json as? [String: Any], !fields.isEmpty, !random.chance(3) {
            let key = random.pick(fields.keys.sorted())
            if random.chance(8) {
                fields[key] = nil
            } else {
                fields[key] = fields[key].map { damage($0, &random) }
            }
            return fields
        }
        if var list = json as? [Any], !list.isEmpty, !random.chance(5) {
            let place = random.number(0...list.count - 1)
            switch random.number(0...9) {
            case 0: list.remove(at: place)
            case 1: list.append(list[place])
            default: list[place] = damage(list[place], &random)
            }
            return list
        }
        return value(&random, insteadOf: json)
    }

    private func value(_ random: inout Seeded, insteadOf old: Any) -> Any {
        if let number = old as? Int, random.chance(60) {
            return number &+ random.pick([-1, 1, -60, 60, 3_600, -86_400, 86_400, 1_000_000, 2_000_000_000])
        }
        let numbers: [Any] = [-1, 0, 1, 7, 59, 1_440, 2_880, 2_881, 527_040, Int.max, Int.min, 1.5, -0.5, 1e300]
        let texts: [Any] = ["", "x", "Mars/Olympus", "UTC", "2026-02-30", "9999-12-31", "\u{0}", "single", "collective",
                            "bookable_days", "range", "roundRobin", "calendar_stale"]
        return random.pick(numbers + texts + [NSNull(), true, [Any](), [[1, 2]], [String: Any]()])
    }

    @Test("Large questions are answered or refused by a field's name", arguments: [
        (#""to":1773270000"#, #""to":2088543600"#, nil),
        (#""to":1773270000"#, #""to":2188543600"#, "to"),
        (#""stepMin":15"#, #""stepMin":1"#, nil),
        (#""kind":"rolling_days""#, #""kind":"bookable_days""#, nil),
        (#""now":1773010800"#, #""now":-62135596800"#, nil),
        (#""weekly":[[],[[540,1020]]"#, #""weekly":[[],[[540,540]]"#, "hosts[0].weekly[1][0]"),
        (#""zone":"UTC""#, #""zone":"../../etc/passwd""#, "hosts[1].zone"),
        (#""trips":["#, #""trips":[{"from":"2000-01-01","to":"2100-01-01","zone":"UTC"},"#, nil),
        (#""trips":["#, #""trips":[{"from":"2100-01-01","to":"2000-01-01","zone":"UTC"},"#, nil),
    ])
    func large(part: String, wrong: String, path: String?) throws {
        var text = Self.sound.replacing(part, with: wrong)
        // Three thousand days of one mode that counts every start are too many; of the others they are not.
        text = text.replacing(#""mode":"multiHost""#, with: #""mode":"roundRobin""#)
            .replacing(#""besideFirst":true"#, with: #""besideFirst":false"#)
        do {
            for scenario in try Scenario.read(Array(text.utf8), zones: zones) { check(scenario) }
            #expect(path == nil)
        } catch let error as ScenarioError {
            #expect(error.path == path, "\(error)")
        }
    }

    @Test("Ten thousand hosts are answered, one more and ten years of them are refused")
    func hosts() throws {
        let host = { (number: Int) in
            "{\"id\":\(number),\"zone\":\"UTC\",\"weekly\":[[],[[540,1020]],[],[],[[\(number % 60),1020]],[],[]]}"
        }
        let text = { (hosts: Int, days: Int) in
            """
            {"id":"x","event":{"zone":"UTC","mode":"roundRobin","durationMin":30},"now":0,"from":0,
            "to":\(days * 86_400),"hosts":[\((0..<hosts).map(host).joined(separator: ","))]}
            """
        }
        let scenario = try #require(try Scenario.read(Array(text(10_000, 7).utf8), zones: zones).first)
        #expect(scenario.question.slots().map(\.eligible).max() == 10_000)
        #expect(throws: ScenarioError(path: "hosts", message: "has more than 10000 entries")) {
            try Scenario.read(Array(text(10_001, 7).utf8), zones: zones)
        }
        let error = #expect(throws: ScenarioError.self) {
            try Scenario.read(Array(text(2_000, 3_000).utf8), zones: zones)
        }
        #expect(error?.path == "to")
    }

    private func run(_ text: String) throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        var lines: [String] = []
        try ScenarioCommand.run(files: [file.path], bench: nil, zones: zones) { lines.append($0) }
        return lines
    }
}

/// Weekly hours as the API writes them: what is read, what is refused, and that both ways agree.
import Scheduling
import Testing
import Web

@testable import Features

struct WeeklyJSONTests {
    private func mistake(_ json: JSON) -> WeeklyMistake? {
        if case .failure(let mistake) = WeeklyJSON.read(json) { mistake } else { nil }
    }

    @Test("windows are read in order, days that are left out are closed, ends may pass midnight")
    func reads() throws {
        let weekly = try WeeklyJSON.read([
            "mon": [["13:00", "17:00"], ["09:00", "12:00"]], "sun": [], "fri": [["22:00", "26:00"], ["00:00", "06:00"]],
            "sat": [["00:00", "24:00"]],
        ]).get()
        #expect(weekly.count == 7 && weekly[0].isEmpty && weekly[2].isEmpty)
        #expect(weekly[1] == [Window(opens: 540, closes: 720), Window(opens: 780, closes: 1_020)])
        #expect(weekly[5] == [Window(opens: 0, closes: 360), Window(opens: 1_320, closes: 1_560)])
        #expect(weekly[6] == [Window(opens: 0, closes: 1_440)])
    }

    @Test("what is written is read back the same, and closed days are not written")
    func roundTrip() throws {
        let weekly = (0..<7).map { day in day == 3 ? [] : [Window(opens: day * 7, closes: 600 + day),
            Window(opens: 700, closes: 2_880)] }
        let json = WeeklyJSON.write(weekly)
        #expect(json.members?.map(\.0) == ["sun", "mon", "tue", "thu", "fri", "sat"])
        #expect(try WeeklyJSON.read(json).get() == weekly)
    }

    @Test("each mistake is said in words about its day")
    func mistakes() {
        #expect(mistake("always") == .shape && mistake(["mon": "09:00"]) == .shape)
        #expect(mistake(["monday": []]) == .day("monday"))
        #expect(mistake(["mon": [["09:00"]]]) == .window("mon")
            && mistake(["mon": [["09:00", "10:00", "11:00"]]]) == .window("mon"))
        #expect(mistake(["mon": [["12:00", "09:00"]]]) == .window("mon")
            && mistake(["mon": [["09:00", "09:00"]]]) == .window("mon"))
        #expect(mistake(["mon": [["24:00", "26:00"]]]) == .window("mon"))
        #expect(mistake(["mon": [["09:00", "12:00"], ["11:59", "13:00"]]]) == .overlap("mon"))
        #expect(mistake(["mon": [["09:00", "12:00"], ["12:00", "13:00"]]]) == nil)
        #expect(mistake(["mon": .array((0..<13).map { _ in ["09:00", "10:00"] })]) == .shape)
        for one in [WeeklyMistake.shape, .day("x"), .window("mon"), .overlap("mon")] { #expect(!one.message.isEmpty) }
    }

    @Test("a time has two digits, a colon, two digits, and is at most 48:00")
    func times() {
        for minutes in [0, 1, 59, 60, 570, 1_439, 1_440, 2_880] {
            #expect(WeeklyJSON.minutes(WeeklyJSON.clock(minutes)) == minutes)
        }
        for text in ["9:00", "09:60", "48:01", "49:00", "", ":", "0900", "09:00:00", "-1:00", "0x:00", "٠٩:٠٠",
            " 9:00", "+9:00"] {
            #expect(WeeklyJSON.minutes(text) == nil, "\(text)")
        }
    }
}

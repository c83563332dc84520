/// Weekly hours as the API writes them: `{"mon": [["09:00", "12:00"], ["13:00", "17:00"]], …}`.
import Scheduling
import Web

package enum WeeklyJSON {
    /// Names of the week days, `[0]` is Sunday.
    package static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    /// Most windows on one day.
    package static let mostWindows = 12

    /// Seven days of windows, or what is wrong in words.
    package static func read(_ json: JSON) -> Result<[[Window]], WeeklyMistake> {
        guard let members = json.members else { return .failure(.shape) }
        var weekly = [[Window]](repeating: [], count: 7)
        for (name, value) in members {
            guard let day = days.firstIndex(of: name) else { return .failure(.day(name)) }
            guard let windows = value.array, windows.count <= mostWindows else { return .failure(.shape) }
            for pair in windows {
                guard pair.array?.count == 2, let opens = pair[0]?.string.flatMap(minutes),
                    let closes = pair[1]?.string.flatMap(minutes), opens < closes, opens < 1440
                else { return .failure(.window(name)) }
                weekly[day].append(Window(opens: opens, closes: closes))
            }
            weekly[day].sort { $0.opens < $1.opens }
            guard zip(weekly[day], weekly[day].dropFirst()).allSatisfy({ $0.closes <= $1.opens }) else {
                return .failure(.overlap(name))
            }
        }
        return .success(weekly)
    }

    package static func write(_ weekly: [[Window]]) -> JSON {
        .object(zip(days, weekly).filter { !$0.1.isEmpty }.map { name, windows in
            (name, write(windows) as JSON)
        })
    }

    /// The windows of one day.
    package static func write(_ windows: [Window]) -> JSON {
        .array(windows.map { [.string(clock($0.opens)), .string(clock($0.closes))] })
    }

    /// `09:30` → 570; ends may go past midnight, up to `48:00`.
    package static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour <= 48, minute < 60, hour * 60 + minute <= 2880
        else { return nil }
        return hour * 60 + minute
    }

    /// 570 → `09:30`.
    package static func clock(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}

package enum WeeklyMistake: Error, Hashable, Sendable {
    case shape
    case day(String)
    case window(String)
    case overlap(String)

    package var message: String {
        switch self {
        case .shape: plain("Hours look like {\"mon\": [[\"09:00\", \"17:00\"]]}.")
        case .day(let name): plain("“\(name)” is no week day. Use sun, mon, tue, wed, thu, fri, sat.")
        case .window(let day): plain("On \(day), a window needs two times such as 09:00 and 17:00, the first earlier.")
        case .overlap(let day): plain("On \(day), two windows overlap. Make them one.")
        }
    }
}

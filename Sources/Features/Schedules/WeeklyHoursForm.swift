/// The part of a form that asks for weekly hours: seven days, each closed or with times from and to.
import Scheduling
import Web

/// What stands in the fields, whether it makes sense or not, so that a form comes back as it was typed.
///
/// A day has the fields `mon_open`, `mon_1_from`, `mon_1_to`, `mon_1_next` (the end is on the next day), `mon_2_from`,
/// … up to `mon_4_to`.
package struct WeeklyHours: Sendable, Equatable {
    /// Field names by weekday, `[0]` is Sunday.
    package static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    package static let mostWindows = 4

    struct Row: Sendable, Equatable {
        var from: String
        var to: String
        /// Whether the end is on the day after.
        var endsNextDay = false
        var isBlank: Bool { from.isEmpty && to.isEmpty }
    }

    struct Day: Sendable, Equatable {
        var isOpen: Bool
        var rows: [Row]
    }

    /// Before the name of each field, where a form asks for two such weeks.
    private let prefix: String
    /// Seven, `[0]` is Sunday.
    var typed: [Day]
    package private(set) var errors: [FieldError] = []

    /// The fields of stored hours. A closed day keeps 9 to 17 ready for when it is opened.
    package init(_ weekly: [[Window]], prefix: String = "") {
        self.prefix = prefix
        typed = weekly.map { windows in
            let rows = windows.map { Self.row($0) }
            return Day(isOpen: !windows.isEmpty, rows: rows.isEmpty ? [Row(from: "09:00", to: "17:00")] : rows)
        }
    }

    /// What somebody typed.
    package init(form: FormData, prefix: String = "") {
        self.prefix = prefix
        typed = Self.days.map { day in
            let day = prefix + day
            let rows = (1...Self.mostWindows).map { number in
                Row(
                    from: form["\(day)_\(number)_from"] ?? "", to: form["\(day)_\(number)_to"] ?? "",
                    endsNextDay: form["\(day)_\(number)_next"] != nil)
            }
            let used = rows.prefix((rows.lastIndex { !$0.isBlank } ?? 0) + 1)
            return Day(isOpen: form["\(day)_open"] != nil, rows: Array(used))
        }
    }

    /// Puts the times of one day on others.
    package mutating func copy(_ weekday: Int, to others: [Int]) {
        for other in others { typed[other] = typed[weekday] }
    }

    private static func row(_ window: Window) -> Row {
        let isNext = window.closes > 1_440 && window.closes < 2_880
        return Row(
            from: text(window.opens), to: text(isNext ? window.closes - 1_440 : window.closes), endsNextDay: isNext)
    }

    /// The hours, `[0]` is Sunday; nil when `errors` says what is wrong with a field.
    package mutating func weekly() -> [[Window]]? {
        errors = []
        let weekly = typed.indices.map { weekday in
            typed[weekday].isOpen ? windows(of: weekday) : []
        }
        return errors.isEmpty ? weekly : nil
    }

    private mutating func windows(of weekday: Int) -> [Window] {
        let (day, rows) = (prefix + Self.days[weekday], typed[weekday].rows)
        var found: [Window] = []
        for (index, row) in rows.enumerated() where !row.isBlank {
            let field = "\(day)_\(index + 1)"
            guard let window = window(row, field: field) else { continue }
            if let other = found.first(where: { $0.opens < window.closes && window.opens < $0.closes }) {
                let span = "\(Self.text(other.opens))–\(Self.text(other.closes))"
                fail("\(field)_from", plain("These times overlap \(span). Move one, or make one span of both."))
            }
            found.append(window)
        }
        if rows.allSatisfy(\.isBlank) {
            fail("\(day)_1_from", plain("This day is open but has no times. Enter them, or close the day."))
        }
        return found.sorted { $0.opens < $1.opens }
    }

    private mutating func window(_ row: Row, field: String) -> Window? {
        let opens = Self.minutes(row.from)
        // Midnight at the end of a day is written 00:00 in a time field, and 24:00 by people.
        let closes = Self.minutes(row.to).map { end in
            if end == 0 { return 1_440 }
            return row.endsNextDay && end < 1_440 ? end + 1_440 : end
        }
        if opens.map({ $0 >= 1_440 }) ?? true { fail("\(field)_from", plain("Enter a time such as 09:00.")) }
        if closes == nil { fail("\(field)_to", plain("Enter a time such as 17:00.")) }
        guard let opens, let closes, opens < 1_440 else { return nil }
        guard opens < closes else {
            fail("\(field)_to", plain("The end is not after \(row.from). Enter a later time, or 24:00 for midnight."))
            return nil
        }
        return Window(opens: opens, closes: closes)
    }

    private mutating func fail(_ field: String, _ message: String) {
        errors.append(FieldError(field: field, code: "invalid", message: message))
    }

    static func minutes(_ text: String) -> Int? { ClockText.minutes(text) }

    static func text(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return (hour < 10 ? "0\(hour)" : "\(hour)") + (minute < 10 ? ":0\(minute)" : ":\(minute)")
    }
}

extension WeeklyHours {
    /// The seven days, in the order of the reader's week. Works without script: a closed day hides its times by CSS.
    package var html: HTML { html(asksNextDay: false) }

    /// - Parameter asksNextDay: with a box at each span that says its end is on the next day.
    package func html(asksNextDay: Bool) -> HTML {
        """
        <div class="stack near"><p class="hint">\(say("Times such as 9:00, 0900 or 9 am. 24:00 is midnight."))</p>\
        \(each: DateWords.week, { day($0, asksNextDay) })</div>
        """
    }

    private func day(_ weekday: Int, _ asksNextDay: Bool) -> HTML {
        let (name, label) = (prefix + Self.days[weekday], DateWords.weekday(weekday))
        let day = typed[weekday]
        let spare = day.rows.count < Self.mostWindows ? day.rows.count + 1 : nil
        return """
            <div class="weekday" role="group" aria-label="\(label)">\
            <input class="switch" type="checkbox" name="\(name)_open" id="f-\(name)_open"\
            \(if: day.isOpen, then: " checked")><label for="f-\(name)_open">\(label)</label>\
            <div class="windows"><p class="third closed">\(say("Closed"))</p>\
            \(each: day.rows.indices, { row(weekday, $0 + 1, day.rows[$0], asksNextDay) })\
            \(spare.map { number in """
                <details class="more"><summary class="icon-button" aria-label="\(plain("More times on \(label)"))">\
                \(Components.icon(.plus))</summary>\
                \(row(weekday, number, Row(from: "", to: ""), asksNextDay))</details>
                """ })</div></div>
            """
    }

    private func row(_ weekday: Int, _ number: Int, _ row: Row, _ asksNextDay: Bool) -> HTML {
        let field = "\(prefix)\(Self.days[weekday])_\(number)"
        let day = DateWords.weekday(weekday)
        let mistakes = errors.filter { $0.field == "\(field)_from" || $0.field == "\(field)_to" }
        return """
            <div class="line times-of-day">\
            \(input("\(field)_from", row.from, label: plain("\(day) from, times \(number)"))) – \
            \(input("\(field)_to", row.to, label: plain("\(day) to, times \(number)")))\
            \(if: asksNextDay || row.endsNextDay, then: nextDay(field, row, day, number))</div>\
            \(each: mistakes, { mistake in """
                <p class="field-error" id="f-\(mistake.field)-error">\(Components.icon(.warning))\(mistake.message)</p>
                """ })
            """
    }

    private func nextDay(_ field: String, _ row: Row, _ day: String, _ number: Int) -> HTML {
        """
        <label class="choice next-day"><input type="checkbox" name="\(field)_next" \
        aria-label="\(plain("\(day) to, times \(number), ends on the next day"))"\
        \(if: row.endsNextDay, then: " checked")><span>\(say("next day"))</span></label>
        """
    }

    /// A field of text: time fields of browsers show the clock of the browser's language, not the one of the page.
    private func input(_ field: String, _ value: String, label: String) -> HTML {
        let isWrong = errors.contains { $0.field == field }
        return """
            <input class="input clock" inputmode="numeric" autocomplete="off" maxlength="20" id="f-\(field)" \
            name="\(field)" value="\(value)" aria-label="\(label)"\
            \(if: isWrong, then: " aria-invalid=\"true\" aria-describedby=\"f-\(field)-error\"")>
            """
    }
}

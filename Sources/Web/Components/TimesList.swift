/// The times of a day: each is a button that takes it, or a link.

import Scheduling

extension Components {
    /// A time that can be chosen.
    package struct TimeChoice: Sendable {
        /// What the form sends as `start`: an instant.
        package let value: String
        /// The wall clock in the reader's zone.
        package let time: LocalTime
        /// Beside the time, such as `3 left`.
        package let note: String?
        package let isChosen: Bool
        /// Taken by somebody else a moment ago; stays visible.
        package let isGone: Bool

        package init(value: String, time: LocalTime, note: String? = nil, isChosen: Bool = false,
                     isGone: Bool = false) {
            self.value = value
            self.time = time
            self.note = note
            self.isChosen = isChosen
            self.isGone = isGone
        }
    }

    /// The times of one day, morning and afternoon side by side.
    ///
    /// - Parameters:
    ///   - action: where the chosen time is sent; works without script, one button per time.
    ///   - hidden: what goes with it (``hidden(_:_:)``, ``csrf(_:)``).
    package static func times(_ day: LocalDate, _ choices: [TimeChoice], clock: HourClock, action: Path,
                              hidden: HTML = .empty) -> HTML {
        let morning = choices.filter { $0.time.hour < 12 }
        let afternoon = choices.filter { $0.time.hour >= 12 }
        return """
            <div class="month-head"><h2 id="day">\(day.dayWords)</h2></div>\
            <form method="post" action="\(action)" data-once aria-labelledby="day">\(hidden)<div class="halves">\
            \(half(plain("Morning"), morning, clock))\(half(plain("Afternoon"), afternoon, clock))</div></form>
            """
    }

    private static func half(_ name: String, _ choices: [TimeChoice], _ clock: HourClock) -> HTML {
        guard !choices.isEmpty else { return .empty }
        return """
            <div class="half"><h3>\(name)</h3><div class="times">\(each: choices, { time($0, clock) })</div></div>
            """
    }

    private static func time(_ choice: TimeChoice, _ clock: HourClock) -> HTML {
        let words = choice.time.words(clock)
        if choice.isGone { return "<span class=\"time gone\"><s>\(words)</s></span>" }
        return """
            <button class="time" name="start" value="\(choice.value)"\
            \(attribute("aria-current", choice.isChosen ? "true" : nil))>\(words)\
            \(choice.note.map { "<span class=\"meta third\">\($0)</span>" })</button>
            """
    }

    /// Below the month: the zone with its clock, and the choice of 12 or 24 hours.
    ///
    /// - Parameters:
    ///   - place: the city of the zone: `Lisbon`.
    ///   - choose: the address of the page with the list of zones open.
    ///   - clocks: the same page with each clock.
    package static func zoneLine(zone: String, place: String, now: LocalTime, clock: HourClock, choose: Path,
                                 clocks: (HourClock) -> Path) -> HTML {
        let time: HTML = """
            <time data-clock="\(clock.rawValue)" data-clock-zone="\(zone)">\(now.words(clock))</time>
            """
        return """
            <div class="zone"><a class="button quiet" href="\(choose)">\(icon(.globe))\
            <span>\(say("\(place), \(time) now"))</span>\(icon(.down))</a>\
            \(segments(label: plain("Clock"), HourClock.allCases.map { each in
                Choice(plain("\(each.rawValue)\u{a0}h"), clocks(each), isCurrent: each == clock)
            }))</div>
            """
    }

    /// The list of zones, opened by its own address: a form that reloads the page in the chosen zone.
    ///
    /// - Parameters:
    ///   - keep: what else the address says, without `timezone` and what opened the list.
    ///   - unknown: what was typed and is no zone.
    package static func zoneForm(zone: String, zones: [String], action: Path, keep: [(String, String)] = [],
                                 unknown: String? = nil) -> HTML {
        let mistake = unknown.map { typed in
            FieldError(field: "timezone", code: "invalid",
                       message: plain("There is no time zone “\(typed)”. Choose one from the list."))
        }
        let filled = Filled(values: ["timezone": unknown ?? ""], errors: mistake.map { [$0] } ?? [])
        let hint = say("Type a city and choose. Now it is \(zone.replacing("_", with: " ")).")
        // The browser searches its own list, with and without script.
        return """
            <form class="zone" method="get" action="\(action)">\(each: keep, { hidden($0.0, $0.1) })\
            \(field("timezone", plain("Your time zone"), in: filled, hint: hint, autocomplete: "off", list: "zones"))\
            <datalist id="zones">\(each: zones, { "<option value=\"\($0.replacing("_", with: " "))\">" })</datalist>\
            \(button(plain("Show times"), icon: .globe))</form>
            """
    }
}

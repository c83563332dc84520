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
        /// The time a meeting has already: shown among those it can move to, and no button.
        package let isOwn: Bool

        package init(value: String, time: LocalTime, note: String? = nil, isChosen: Bool = false,
                     isGone: Bool = false, isOwn: Bool = false) {
            self.value = value
            self.time = time
            self.note = note
            self.isChosen = isChosen
            self.isGone = isGone
            self.isOwn = isOwn
        }
    }

    /// The times of one day, its parts side by side: the evening below the afternoon, or in its place.
    ///
    /// - Parameters:
    ///   - action: where the chosen time is sent; works without script, one button per time.
    ///   - hidden: what goes with it (``hidden(_:_:)``, ``csrf(_:)``).
    package static func times(_ day: LocalDate, _ choices: [TimeChoice], clock: HourClock, action: Path,
                              hidden: HTML = .empty) -> HTML {
        let parts = [
            part(plain("Night"), choices.filter { $0.time.hour < 5 }, clock),
            part(plain("Morning"), choices.filter { (5..<12).contains($0.time.hour) }, clock),
            part(plain("Afternoon"), choices.filter { (12..<18).contains($0.time.hour) }, clock),
            part(plain("Evening"), choices.filter { $0.time.hour >= 18 }, clock),
        ].filter { !$0.isEmpty }
        let half = parts.count / 2
        let columns = parts.count > 2 ? [HTML(Array(parts[..<half])), HTML(Array(parts[half...]))] : parts
        return """
            <div class="month-head"><h2 id="day">\(day.dayWords)</h2></div>\
            <form id="\(pickID)" method="post" action="\(action)" data-once aria-labelledby="day">\(hidden)\
            <div class="halves">\(each: columns, { "<div class=\"half\">\($0)</div>" })</div></form>
            """
    }

    /// The form of the times, for buttons beside it that send one too.
    package static let pickID = "pick"

    private static func part(_ name: String, _ choices: [TimeChoice], _ clock: HourClock) -> HTML {
        guard !choices.isEmpty else { return .empty }
        return "<h3>\(name)</h3><div class=\"times\">\(each: choices, { time($0, clock) })</div>"
    }

    private static func time(_ choice: TimeChoice, _ clock: HourClock) -> HTML {
        let words = choice.time.words(clock)
        if choice.isOwn { return "<span class=\"time own\">\(say("\(words), yours"))</span>" }
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
    ///   - note: a sentence above it.
    package static func zoneLine(zone: String, place: String, now: LocalTime, clock: HourClock, choose: Path,
                                 clocks: (HourClock) -> Path, note: HTML = .empty) -> HTML {
        let time: HTML = """
            <time data-clock="\(clock.rawValue)" data-clock-zone="\(zone)">\(now.words(clock))</time>
            """
        return """
            <div class="zone">\(note)<a class="button quiet" id="\(zoneID)" href="\(choose)">\(icon(.globe))\
            <span>\(say("\(place), \(time) now"))</span>\(icon(.down))</a>\
            \(Self.clocks(clock, clocks))</div>
            """
    }

    /// The choice of 12 or 24 hours; the chosen one is what its own address leads to.
    package static func clocks(_ clock: HourClock, _ path: (HourClock) -> Path) -> HTML {
        segments(label: plain("Clock"), HourClock.allCases.map { each in
            Choice(
                plain("\(each.rawValue)\u{a0}h"), path(each), isCurrent: each == clock,
                id: each == clock ? clockID : nil)
        })
    }

    /// What the ways to a zone lead to, so that neither the focus nor a phone's page jumps: the link, or the field.
    package static let zoneID = "f-timezone"
    package static let clockID = "clock"

    /// The list of zones, opened by its own address: a form that reloads the page in the chosen zone.
    ///
    /// - Parameters:
    ///   - keep: what else the address says, without `timezone` and what opened the list.
    ///   - unknown: what was typed and is no zone.
    ///   - near: zones that were perhaps meant.
    ///   - leave: the city of the zone there is, and the page without the list; Escape goes there too.
    package static func zoneForm(zone: String, zones: [String], action: Path, keep: [(String, String)] = [],
                                 unknown: String? = nil, near: [(String, Path)] = [],
                                 leave: (String, Path)? = nil) -> HTML {
        let mistake = unknown.map { typed in
            FieldError(field: "timezone", code: "invalid",
                       message: plain("There is no time zone “\(typed)”. Try a big city near you, or your country."))
        }
        let filled = Filled(values: ["timezone": unknown ?? ""], errors: mistake.map { [$0] } ?? [])
        let hint = say("Type a city, a country or UTC+9. Now it is \(zone.replacing("_", with: " ")).")
        // The browser searches its own list, with and without script.
        return """
            <form class="zone" method="get" action="\(action.fragment(zoneID))">\(each: keep, { hidden($0.0, $0.1) })\
            \(field("timezone", plain("Your time zone"), in: filled, hint: hint, autocomplete: "off", list: "zones"))\
            <datalist id="zones">\(each: zones, { "<option value=\"\($0.replacing("_", with: " "))\">" })</datalist>\
            \(perhaps(near))\(button(plain("Show times"), icon: .globe))\
            \(leave.map { "<a class=\"button quiet\" data-escape href=\"\($1)\">\(say("Keep \($0)"))</a>" })</form>
            """
    }

    private static func perhaps(_ near: [(String, Path)]) -> HTML {
        guard !near.isEmpty else { return .empty }
        return """
            <p class="line">\(say("Perhaps you mean:"))\(each: near, { name, path in
                "<a class=\"inline\" href=\"\(path)\">\(name)</a>"
            })</p>
            """
    }
}

/// Reads what a host wants of a sheet: the same rules for the page and the API.
import Scheduling
import Web

extension OneOff.Time {
    /// A time of a sheet as its form carries it: `1800000000.30.5.Cakes`.
    var sheetText: String { "\(start.seconds).\(minutes).\(places).\(label)" }

    /// Nothing of it is believed.
    init?(sheetText text: String) {
        let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let time = OneOff.Time("\(parts[0]).\(parts[1])"), let places = Int(parts[2]),
            Sheet.places.contains(places)
        else { return nil }
        var fields = Fields(form: FormData([("label", String(parts[3]))]))
        let label = fields.optionalText("label", atMost: Sheet.longestLabel) ?? ""
        guard fields.errors.isEmpty else { return nil }
        self.init(start: time.start, minutes: time.minutes)
        (self.places, self.label) = (places, label)
    }
}

enum SheetReading {
    /// What a form says was picked so far, by start.
    static func times(_ data: FormData) -> [OneOff.Time] {
        let given = Set(data.all("times").compactMap { OneOff.Time(sheetText: $0) })
        return Array(given.sorted { $0.start < $1.start }.prefix(Sheet.mostTimes))
    }

    /// One more time, or a run of them: from then on, one after the other, until a time of the same day.
    static func added(
        _ fields: inout Fields, zone: Zone, now: Instant, among times: [OneOff.Time]
    ) -> [OneOff.Time] {
        let date = fields.date("day", label: plain("Day"))
        let minutes = fields.integer("minutes", OneOff.lengths, label: plain("Length in minutes"))
        let places = fields.integer("places", Sheet.places, label: plain("Places"))
        let label = fields.optionalText("label", atMost: Sheet.longestLabel, label: plain("What for")) ?? ""
        let from = clockTime(&fields, "from", plain("From"))
        let until = fields.typed["until"]?.isEmpty == false
            ? clockTime(&fields, "until", plain("Until"), toMidnight: true) : nil
        guard let date, let from, fields.errors.isEmpty else { return [] }
        let first = zone.instant(of: LocalTime(date: date, secondOfDay: from * 60))
        // A field for times of day has no 24:00: there midnight is 0:00.
        let end = until.map { instant(date, $0 == 0 ? 1_440 : $0, zone) }
            ?? first.adding(minutes: minutes)
        var run: [OneOff.Time] = []
        while run.count <= Sheet.mostTimes {
            var time = OneOff.Time(start: first.adding(minutes: minutes * run.count), minutes: minutes)
            guard time.ends <= end else { break }
            (time.places, time.label) = (places, label)
            run.append(time)
        }
        if run.isEmpty {
            fields.fail("until", "out_of_range", plain("Not one of this length fits in between."))
        } else if run.count + times.count > Sheet.mostTimes {
            fields.fail("from", "too_many", plain("At most \(Sheet.mostTimes) times. Take some off first."))
        }
        check(times + run, "from", &fields, now: now)
        return run
    }

    /// - Parameter toMidnight: whether 24:00 is one, the end of the day.
    private static func clockTime(
        _ fields: inout Fields, _ name: String, _ label: String, toMidnight: Bool = false
    ) -> Int? {
        fields.parsed(
            name, label: label, { ClockText.minutes($0).flatMap { $0 < (toMidnight ? 1_441 : 1_440) ? $0 : nil } },
            plain("Write a time such as 9:30 or 14:00."))
    }

    /// A minute of a day, the last of which is the next day's first.
    private static func instant(_ date: LocalDate, _ minute: Int, _ zone: Zone) -> Instant {
        minute == 1_440 ? zone.instant(of: date.adding(days: 1))
            : zone.instant(of: LocalTime(date: date, secondOfDay: minute * 60))
    }

    /// A host is in one place at a time.
    private static func check(_ times: [OneOff.Time], _ name: String, _ fields: inout Fields, now: Instant) {
        if times.contains(where: { $0.start <= now || $0.start > now.adding(days: OneOff.mostAhead) }) {
            fields.fail(name, "out_of_range", plain("Pick times between now and a year from now."))
        }
        let sorted = times.sorted { $0.start < $1.start }
        if zip(sorted, sorted.dropFirst()).contains(where: { $1.start < $0.ends }) {
            fields.fail(name, "conflict", plain("Times of one sheet must not overlap. Give one more places instead."))
        }
    }

    /// The times of a body.
    static func times(of fields: inout Fields) -> [OneOff.Time] {
        fields.list("times", atMost: Sheet.mostTimes, label: plain("Times")) { each in
            let start = BookingReading.start(&each)
            var time = OneOff.Time(
                start: start,
                minutes: each.integer("durationMinutes", OneOff.lengths, label: plain("Length in minutes")))
            time.places = each.optionalInteger("places", Sheet.places, label: plain("Places")) ?? 1
            time.label = each.optionalText("label", atMost: Sheet.longestLabel, label: plain("What for")) ?? ""
            return time
        }
    }

    static func read(
        _ fields: inout Fields, times: [OneOff.Time], zone: Zone, now: Instant
    ) -> OneOffWish {
        let name = fields.isForm ? "from" : "times"
        if times.isEmpty { fields.fail(name, "missing", plain("Pick at least one time first.")) }
        check(times, name, &fields, now: now)
        let title = fields.text("title", 1...120, label: plain("Title"))
        let note = fields.optionalText("note", atMost: Sheet.longestNote, label: plain("Note"), lines: true) ?? ""
        let place = fields.optionalText("place", atMost: OneOff.longestPlace, label: plain("Where")) ?? ""
        let most = fields.optionalInteger(
            "perAddress", Sheet.perAddress, label: plain("How often one address can sign up"))
        let reserves = fields.flag("reserves", label: plain("Keep these times from others"))
        let names = fields.flag("showsNames", label: plain("Show who has signed up"))
        let last = times.map(\.start).max() ?? now
        let closes = closes(&fields, zone: zone)
        if let closes, closes <= now.adding(minutes: 1) {
            fields.fail(fields.isForm ? "closesOn" : "closesAt", "out_of_range", plain("It closes in the future."))
        }
        return OneOffWish(
            title: title, place: place, times: times, expires: min(closes ?? last, last), reserves: reserves,
            zone: zone.name, sheet: SheetWish(note: note, perAddress: most ?? 1, showsNames: names))
    }

    /// A day of a form with a time of it or to its end, an instant of the API; nil for its last time.
    private static func closes(_ fields: inout Fields, zone: Zone) -> Instant? {
        guard fields.isForm else {
            return fields.has("closesAt") ? fields.instant("closesAt", label: plain("Closes")) : nil
        }
        guard fields.typed["closesOn"]?.isEmpty == false else { return nil }
        let date = fields.date("closesOn", label: plain("Closes on"))
        let at = fields.typed["closesAt"]?.isEmpty == false
            ? clockTime(&fields, "closesAt", plain("At"), toMidnight: true) : 1_440
        guard let date, let at else { return nil }
        return instant(date, at, zone)
    }
}

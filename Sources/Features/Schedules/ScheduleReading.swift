/// Reads a schedule out of a form or an API body: one set of rules and messages for both.
import Scheduling
import Web

/// What somebody wants a schedule to be; nil stays as it is.
package struct ScheduleWish: Sendable, Equatable {
    package var name: String?
    package var zone: String?
    package var weekly: [[Window]]?
    package var overrides: [LocalDate: [Window]]?

    package init() {}

    /// The schedule with what was wished for.
    package func over(_ schedule: Schedule) -> Schedule {
        var schedule = schedule
        schedule.name = name ?? schedule.name
        schedule.zone = zone ?? schedule.zone
        schedule.weekly = weekly ?? schedule.weekly
        schedule.overrides = overrides ?? schedule.overrides
        return schedule
    }
}

package enum ScheduleReading {
    /// - Parameter isNew: name and zone must be there.
    package static func read(_ fields: inout Fields, isNew: Bool, zones: Zones) -> ScheduleWish {
        var wish = ScheduleWish()
        if isNew || fields.has("name") { wish.name = fields.text("name", 1...120, label: plain("Name")) }
        if isNew || fields.has("timezone") { wish.zone = zone(&fields, zones) }
        if let json = fields.json("weekly") {
            switch WeeklyJSON.read(json) {
            case .success(let weekly): wish.weekly = weekly
            case .failure(let mistake): fields.fail("weekly", "invalid", mistake.message)
            }
        }
        return wish
    }

    private static func zone(_ fields: inout Fields, _ zones: Zones) -> String {
        let name = fields.text("timezone", 1...60, label: plain("Time zone"))
        if !name.isEmpty, zones.zone(name) == nil {
            fields.fail("timezone", "invalid", plain("“\(name)” is not a time zone. Choose one from the list."))
        }
        return name
    }

    /// `overrides` of an API body: `[{"date": "2026-12-24", "windows": [["09:00", "12:00"]]}]`; nil when it is absent.
    package static func overrides(json fields: inout Fields) -> [LocalDate: [Window]]? {
        guard fields.has("overrides") else { return nil }
        var overrides: [LocalDate: [Window]] = [:]
        _ = fields.list("overrides", atMost: Schedule.mostOverrides, label: plain("Overrides")) { element in
            let date = element.date("date", label: plain("Date"))
            guard let json = element.json("windows") else {
                element.fail("windows", "missing", plain("Windows are missing. An empty list closes the date."))
                return
            }
            switch windows(json) {
            case .success(let windows): put(windows, on: date, &overrides, &element)
            case .failure(let mistake): element.fail("windows", "invalid", mistake.message)
            }
        }
        return overrides
    }

    private static func windows(_ json: JSON) -> Result<[Window], WeeklyMistake> {
        // One day of the week's shape.
        WeeklyJSON.read(.object([("mon", json)])).map { $0[1] }.mapError { mistake in
            switch mistake {
            case .overlap: .overlap(plain("this date"))
            case .window: .window(plain("this date"))
            case .shape, .day: .shape
            }
        }
    }

    private static func put(
        _ windows: [Window], on date: LocalDate?, _ overrides: inout [LocalDate: [Window]], _ fields: inout Fields
    ) {
        guard let date else { return }
        guard overrides.updateValue(windows, forKey: date) == nil else {
            fields.fail("date", "invalid", plain("This date is there twice. Put its times into one row."))
            return
        }
    }

    /// The rows of the form: `overrides.0.date`, `overrides.0.times` such as “09:00–12:00, 13:00–17:00”.
    ///
    /// A row without a date and times, and one ticked to go, says nothing.
    package static func overrides(form fields: inout Fields) -> [LocalDate: [Window]] {
        var overrides: [LocalDate: [Window]] = [:]
        _ = fields.list("overrides", atMost: Schedule.mostOverrides, label: plain("Dates that differ")) { element in
            let times = element.text("times", 0...200, label: plain("Times"))
            let goes = element.flag("remove")
            let isBlank = element.typed["date", default: ""].isEmpty && times.isEmpty
            guard !goes, !isBlank else { return }
            let date = element.date("date", label: plain("Date"))
            do throws(TimesMistake) {
                put(try DayTimes.read(times), on: date, &overrides, &element)
            } catch {
                element.fail("times", "invalid", error.message)
            }
        }
        return overrides
    }
}

/// What is wrong with the times of a date.
package struct TimesMistake: Error, Equatable {
    package let message: String
}

/// The times of a date as people write them: `09:00–12:00, 13:00–17:00`; nothing means closed.
package enum DayTimes {
    /// Windows in rising order.
    package static func read(_ text: String) throws(TimesMistake) -> [Window] {
        var windows: [Window] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" }) where !part.allSatisfy({ $0 == " " }) {
            windows.append(try window(part))
        }
        guard windows.count <= Schedule.mostWindows else {
            throw TimesMistake(message: plain("A date has room for \(Schedule.mostWindows) spans."))
        }
        windows.sort { $0.opens < $1.opens }
        for (one, next) in zip(windows, windows.dropFirst()) where one.closes > next.opens {
            let spans = "\(write([one])), \(write([next]))"
            throw TimesMistake(message: plain("These times overlap: \(spans). Make one span of both."))
        }
        return windows
    }

    private static func window(_ text: Substring) throws(TimesMistake) -> Window {
        let ends = text.split(whereSeparator: { "-–—".contains($0) })
            .map { $0.split(separator: " ").joined() }
        guard ends.count == 2, let opens = ClockText.minutes(ends[0]), let closes = ClockText.minutes(ends[1]),
            opens < 1_440
        else {
            throw TimesMistake(message: plain("Write times such as 09:00–12:00, 13:00–17:00, or nothing to close."))
        }
        let end = closes == 0 ? 1_440 : closes
        guard opens < end else {
            throw TimesMistake(message: plain(
                "\(ends[1]) is not after \(ends[0]). After midnight go on counting: 26:00 is 02:00 of the next day."))
        }
        return Window(opens: opens, closes: end)
    }

    package static func write(_ windows: [Window]) -> String {
        windows.map { "\(WeeklyHours.text($0.opens))–\(WeeklyHours.text($0.closes))" }.joined(separator: ", ")
    }
}

/// A schedule as the API tells it.
package struct ScheduleJSON: Sendable {
    let owned: OwnedSchedule

    package init(_ owned: OwnedSchedule) { self.owned = owned }

    package var full: JSON {
        let schedule = owned.schedule
        return [
            "id": .string(schedule.id.text), "name": .string(schedule.name), "timezone": .string(schedule.zone),
            "weekly": WeeklyJSON.write(schedule.weekly),
            "overrides": .array(schedule.overrides.sorted { $0.key < $1.key }.map { date, windows in
                ["date": .string(date.description), "windows": WeeklyJSON.write(windows)]
            }),
            "user": .string(owned.owner.text), "version": .int(Int64(schedule.version)),
        ]
    }
}

/// Reads trips, out of office and holidays out of forms and API bodies: one set of rules and messages for both.
import Scheduling
import Web

/// What somebody wants to enter.
package struct TimeAwayWish: Hashable, Sendable {
    package var kind: TimeAway.Kind
    package var from: LocalDate
    package var to: LocalDate
    package var zone: String?
    package var reason: String
    package var colleague: ID<User>?
    /// Somebody else's time; nil is one's own.
    package var user: ID<User>?
}

package enum TimeAwayReading {
    /// How far ahead dates may lie, in days.
    package static let furthest = 1_827

    /// - Returns: nil when a field is wrong; `fields` says which.
    package static func read(_ fields: inout Fields, today: LocalDate, zones: Zones) -> TimeAwayWish? {
        let kind = fields.choice("kind", otherwise: TimeAway.Kind.outOfOffice, label: plain("Kind"))
        let from = fields.date("from", label: plain("First day"))
        let to = fields.date("to", label: plain("Last day"))
        check(from, to, today, &fields)
        let reason = fields.text("reason", 0...TimeAway.longestReason, label: plain("Reason"))
        let zone = zone(kind, &fields, zones)
        let colleague = id("redirectTo", plain("Who can help"), &fields)
        if colleague != nil, kind == .trip {
            fields.fail("redirectTo", "invalid", plain("On a trip you can be booked. Leave out who can help."))
        }
        let user = id("user", plain("Person"), &fields)
        guard let from, let to, fields.errors.isEmpty else { return nil }
        return TimeAwayWish(
            kind: kind, from: from, to: to, zone: zone, reason: reason, colleague: colleague, user: user)
    }

    private static func check(_ from: LocalDate?, _ to: LocalDate?, _ today: LocalDate, _ fields: inout Fields) {
        guard let from, let to else { return }
        if to < from {
            fields.fail("to", "invalid", plain("The last day is before the first. Enter a later one."))
        } else if to < today.adding(days: -1) {
            fields.fail("to", "invalid", plain("These days are over. Enter days that are still to come."))
        } else if to > today.adding(days: furthest) {
            fields.fail("to", "invalid", plain("That is more than five years ahead. Enter an earlier day."))
        } else if to.daysSince1970 - from.daysSince1970 >= TimeAway.longest {
            fields.fail("to", "invalid", plain("That is more than two years. Enter an earlier last day."))
        }
    }

    private static func zone(_ kind: TimeAway.Kind, _ fields: inout Fields, _ zones: Zones) -> String? {
        guard kind == .trip else {
            if fields.optionalText("timezone", atMost: 60) != nil {
                fields.fail("timezone", "invalid", plain("Only a trip has a time zone. Leave it out."))
            }
            return nil
        }
        let name = fields.text("timezone", 1...60, label: plain("Time zone"))
        if !name.isEmpty, zones.zone(name) == nil {
            fields.fail("timezone", "invalid", plain("“\(name)” is not a time zone. Choose one from the list."))
        }
        return name.isEmpty ? nil : name
    }

    private static func id(_ name: String, _ label: String, _ fields: inout Fields) -> ID<User>? {
        guard let text = fields.optionalText(name, atMost: 60, label: label) else { return nil }
        guard let id = ID<User>(text) else {
            fields.fail(name, "invalid", plain("There is no such person in this workspace."))
            return nil
        }
        return id
    }

    /// The form of holidays; no country means none are kept.
    /// - Returns: nil when a field is wrong, `.some(nil)` for no holidays.
    package static func holidays(_ fields: inout Fields, calendar: HolidayCalendar = .shared) -> HolidayChoice?? {
        let code = fields.optionalText("country", atMost: 10, label: plain("Country"))
        let region = fields.optionalText("region", atMost: 40, label: plain("Region")) ?? ""
        let worked = fields.texts("worked", 0...200, length: 10, label: plain("Days you work")).map(LocalDate.init)
        let halves = fields.text("halfDays", 0...300, label: plain("Half days"))
            .split { $0 == "," || $0 == ";" || $0 == " " }.map { MonthDay(String($0)) }
        if worked.contains(nil) {
            fields.fail("worked", "invalid", plain("Days you work must be dates such as 2026-12-31."))
        }
        if halves.contains(nil) || halves.count > 40 {
            fields.fail("halfDays", "invalid", plain("Write month and day, such as 12-24, 12-31; at most 40."))
        }
        guard let code else { return fields.errors.isEmpty ? .some(nil) : nil }
        guard let country = calendar.country(code) else {
            fields.fail("country", "invalid", plain("There is no list of holidays for this country."))
            return nil
        }
        if !region.isEmpty, !country.regions.contains(where: { $0.code == region }) {
            fields.fail("region", "invalid", plain("\(country.name) has no such region. Choose one from the list."))
        }
        guard fields.errors.isEmpty else { return nil }
        return HolidayChoice(
            country: code, region: region, worked: Set(worked.compactMap(\.self)),
            halfDays: Set(halves.compactMap(\.self)))
    }
}

/// The page on which a host enters trips, out of office and holidays.
import Scheduling
import Web

/// `/calendar/schedules/away`.
package struct AwayPage: Page {
    /// What happened a moment ago.
    enum Notice: Sendable {
        case added(TimeAway)
        case holidays
    }

    let principal: Principal
    let today: LocalDate
    let zone: Zone
    let zones: [String]
    let away: [TimeAway]
    let elsewhere: [TimeElsewhere]
    let colleagues: [Redirect.Colleague]
    var form = Filled.empty
    var holidayForm = Filled.empty
    /// Holidays that are ticked to be worked.
    var worked: Set<LocalDate> = []
    var notice: Notice?
    /// Bookings on days that were just closed.
    var meetings: [BookingRowModel] = []
    var calendar = HolidayCalendar.shared

    /// The years whose holidays are listed.
    var years: ClosedRange<Int> { today.year...today.year + 1 }

    package var html: HTML {
        let title = plain("Time away")
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([(plain("Schedules"), "/calendar/schedules")], title))\
            \(Components.pageHead(title, answer))\(noticePart)\(list)\(newPart)\(holidayPart)
            """)
    }

    private var answer: HTML {
        if let now = away.first(where: { $0.kind == .outOfOffice && $0.from <= today }) {
            return say("You are away until \(now.to.dayOfMonthWords). Nobody can book you until then.")
        }
        guard let next = away.first(where: { $0.kind == .outOfOffice }) else {
            return say("On days away nobody can book you. On a trip your hours count in another zone.")
        }
        return say("You are next away from \(next.from.dayOfMonthWords) to \(next.to.dayOfMonthWords).")
    }

    private var noticePart: HTML {
        switch notice {
        case nil: .empty
        case .holidays: Components.banner(.notes, say("Saved. Your holidays are closed for booking."))
        case .added(let away) where away.kind == .trip:
            Components.banner(.notes, say("Saved. On these days your hours count in \(away.zone ?? "")."))
        case .added where meetings.isEmpty:
            Components.banner(.notes, say("Saved. Nobody can book you on these days."))
        case .added:
            """
            <section class="banner warns stack near" aria-labelledby="meetings" role="status"><div class="stack near">\
            <h2 id="meetings">\(hit)</h2>\
            <p>\(say("They stay as they are. Open one to move or cancel it."))</p>\
            <ul class="mistakes">\(each: meetings, meeting)</ul></div></section>
            """
        }
    }

    private var hit: HTML {
        say("\(meetings.count)|one:One booking falls on these days.|other:%1 bookings fall on these days.")
    }

    private func meeting(_ row: BookingRowModel) -> HTML {
        let time = TimeWords.dayAndTime(row.booking.state.starts, in: zone)
        return """
            <li><a href="\(Path("/calendar/bookings/\(row.booking.id)"))">\(time)</a> · \
            <bdi>\(row.booking.attendee.name)</bdi> · \(row.title)</li>
            """
    }

    // MARK: What there is

    private var list: HTML {
        guard !away.isEmpty || !elsewhere.isEmpty else { return .empty }
        return """
            <ul class="rows" role="list" aria-label="\(plain("Days ahead"))">\(each: away, row)\
            \(each: elsewhere, elsewhereRow)</ul>
            """
    }

    private func row(_ away: TimeAway) -> HTML {
        let colleague = colleagues.first { $0.id == away.colleague }
        return """
            <li class="away-row"><div class="stack tight"><b>\(Self.span(away.from, away.to))</b>\
            <span class="meta third">\(Self.kind(away.kind, away.zone))\
            \(if: !away.reason.isEmpty, then: " · <bdi>\(away.reason)</bdi>")\
            \(colleague.map { " · \(say("\($0.name) can help"))" })</span></div>\
            <form class="end" method="post" action="\(Path("/calendar/schedules/away/\(away.id)/deletion"))">\
            \(Components.csrf(principal))<button class="button quiet" aria-label="\(plain(
                "Remove \(Self.span(away.from, away.to))"))">\(say("Remove"))</button></form></li>
            """
    }

    /// Of another workspace: that there is something, and no words.
    private func elsewhereRow(_ away: TimeElsewhere) -> HTML {
        """
        <li class="away-row"><div class="stack tight"><b>\(Self.span(away.from, away.to))</b>\
        <span class="meta third">\(Self.kind(away.kind, away.zone)) · \(say("entered in another workspace"))</span>\
        </div></li>
        """
    }

    private static func span(_ from: LocalDate, _ to: LocalDate) -> String {
        from == to ? from.dayWordsWithYear : plain("[days] \(from.dayWords) – \(to.dayWordsWithYear)")
    }

    private static func kind(_ kind: TimeAway.Kind, _ zone: String?) -> String {
        kind == .outOfOffice ? plain("Out of office") : plain("Trip, hours in \(zone ?? "")")
    }

    // MARK: More

    private var newPart: HTML {
        let helpers = [("", plain("Nobody"))] + colleagues.map { ($0.id.text, $0.name) }
        return """
            <section class="stack" aria-labelledby="new-away">\
            \(Components.sectionHead(plain("Add days"), id: "new-away"))\
            \(Components.form(action: "/calendar/schedules/away", csrf: principal, """
                \(Components.mistakes(form))\
                \(Components.choices("kind", plain("What"), [
                    (TimeAway.Kind.outOfOffice.rawValue, plain("Out of office")),
                    (TimeAway.Kind.trip.rawValue, plain("Trip")),
                ], in: form))\
                <div class="two">\(Components.field("from", plain("First day"), in: form, typing: .date))\
                \(Components.field("to", plain("Last day"), in: form, typing: .date))</div>\
                \(Components.field("reason", plain("Reason"), in: form,
                                   hint: say("For your workspace. Bookers do not see it."),
                                   optional: plain("optional")))\
                <div class="two"><div class="for-office">\
                \(Components.select("redirectTo", plain("Who can help meanwhile"), helpers, in: form,
                                    hint: say("Bookers see the name, if you are out of office.")))</div>\
                <div class="for-trip">\
                \(Components.select("timezone", plain("Time zone of the trip"),
                                    zones.map { ($0, $0.replacing("_", with: " ")) }, in: form,
                                    hint: say("Your hours count in it on these days.")))</div></div>\
                <div>\(Components.button(plain("Add these days"), .primary))</div>
                """))</section>
            """
    }

    // MARK: Holidays

    private var holidayPart: HTML {
        let countries = [("", plain("None"))] + calendar.countries.map { ($0.code, $0.name) }
        let country = calendar.country(holidayForm["country"])
        let regions = [("", plain("No region"))] + (country?.regions ?? []).map { ($0.code, $0.name) }
        return """
            <section class="stack" id="holidays" aria-labelledby="holidays-title">\
            \(Components.sectionHead(plain("Holidays"), id: "holidays-title"))\
            \(Components.form(action: "/calendar/schedules/holidays", csrf: principal, """
                \(Components.mistakes(holidayForm))\
                \(Components.select("country", plain("Country"), countries, in: holidayForm,
                                    hint: say("On its public holidays nobody can book you.")))\
                \(if: regions.count > 1, then: Components.select("region", plain("Region"), regions, in: holidayForm))\
                \(Components.field("halfDays", plain("Half days"), in: holidayForm,
                                   hint: say("Off from noon, every year. Month and day, such as 12-24, 12-31."),
                                   optional: plain("optional")))\
                \(days)<p class="line">\(Components.button(plain("Save holidays"), .primary))\
                \(Components.button(plain("Show days"), name: "then", value: "show"))</p>
                """))</section>
            """
    }

    private var days: HTML {
        let holidays = calendar.holidays(
            country: holidayForm["country"], region: holidayForm["region"],
            from: LocalDate(year: years.lowerBound, month: 1, day: 1) ?? today,
            through: LocalDate(year: years.upperBound, month: 12, day: 31) ?? today)
        guard !holidays.isEmpty else { return .empty }
        return """
            <fieldset class="stack near" id="f-worked"><legend>\(say("Tick the days on which you work"))</legend>\
            <ul class="holidays" role="list">\(each: holidays, day)</ul></fieldset>
            """
    }

    private func day(_ holiday: Holiday) -> HTML {
        let isTicked = worked.contains(holiday.date)
        return """
            <li><label class="choice"><input type="checkbox" name="worked" value="\(holiday.date.description)"\
            \(if: isTicked, then: " checked")> <span>\(holiday.date.dayWordsWithYear)<br>\
            <span class="third"><bdi>\(holiday.name)</bdi>\
            \(if: holiday.name != holiday.englishName, then: " · <bdi>\(holiday.englishName)</bdi>")\
            </span></span></label></li>
            """
    }

    /// A stored choice as the fields of its form.
    static func filled(_ choice: HolidayChoice?) -> Filled {
        guard let choice else { return .empty }
        return Filled(values: [
            "country": choice.country, "region": choice.region,
            "halfDays": choice.halfDays.sorted().map(\.description).joined(separator: ", "),
        ])
    }

    package static var example: AwayPage {
        let random = [UInt8](repeating: 6, count: 10)
        let start = LocalDate(daysSince1970: 20_800)
        var away = TimeAway(
            id: ID(milliseconds: 0, random: random), user: Principal.example.user, kind: .outOfOffice, from: start,
            to: start.adding(days: 10))
        away.reason = "Sommerferie"
        var page = AwayPage(
            principal: .example, today: start.adding(days: -20), zone: .utc, zones: ["Europe/Oslo", "UTC"],
            away: [away],
            elsewhere: [TimeElsewhere(kind: .trip, from: start, to: start.adding(days: 2), zone: "Asia/Tokyo")],
            colleagues: [Redirect.Colleague(id: ID(milliseconds: 1, random: random), name: "Tomasz Nowak")])
        page.form = Filled(values: ["kind": "out_of_office", "timezone": "UTC"])
        page.holidayForm = Filled(values: ["country": "NO", "halfDays": "12-24"])
        return page
    }
}

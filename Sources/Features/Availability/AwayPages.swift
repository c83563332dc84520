/// The page on which a host enters trips and out of office; holidays have a page of their own.
import Scheduling
import Web

/// `/calendar/schedules/away`.
package struct AwayPage: Page {
    /// What happened a moment ago.
    enum Notice: Sendable {
        case added(TimeAway)
        case removed
    }

    let principal: Principal
    let today: LocalDate
    let zone: Zone
    let zones: [String]
    let away: [TimeAway]
    let elsewhere: [TimeElsewhere]
    let colleagues: [Redirect.Colleague]
    var form = Filled.empty
    /// The country whose holidays close days, and the next of them.
    var holidays: (country: String, next: Holiday?)?
    var notice: Notice?
    /// Bookings on days that were just closed.
    var meetings: [BookingRowModel] = []
    /// Whose days these are, and whose else they can be.
    var person: ActedFor
    var people: [ActedFor] = []

    package var html: HTML {
        let title = person.isOwn ? plain("Time away") : plain("Time away of \(person.name)")
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([(plain("Schedules"), "/calendar/schedules")], title))\
            \(Components.pageHead(title, answer, actions: outToday))\
            \(person.chooser(people, action: "/calendar/schedules/away"))\(noticePart)\(list)\(newPart)\(holidayPart)
            """)
    }

    private var outToday: HTML {
        guard principal.may(.manageBookings) else { return .empty }
        let title = person.isOwn ? plain("I’m out today") : plain("Out today")
        return Components.link(title, to: Path("/calendar/out-today").adding(query: person.query), icon: .door)
    }

    private var answer: HTML {
        guard person.isOwn else {
            return say("On days away nobody can book \(person.name). On a trip their hours count in another zone.")
        }
        if let now = away.first(where: { $0.kind == .outOfOffice && $0.from <= today }) {
            return say("You are away until \(now.to.dayOfMonthWords). Nobody can book you until then.")
        }
        guard let next = away.first(where: { $0.kind == .outOfOffice }) else {
            return say("On days away nobody can book you. On a trip your hours count in another zone.")
        }
        guard next.from < next.to else { return say("You are next away on \(next.from.dayOfMonthWords).") }
        return say("You are next away from \(next.from.dayOfMonthWords) to \(next.to.dayOfMonthWords).")
    }

    private var noticePart: HTML {
        switch notice {
        case nil: .empty
        case .removed: Components.banner(.notes, say("Removed. The hours count on these days again."), isMet: true)
        case .added(let away) where away.kind == .trip:
            Components.banner(
                .notes, person.isOwn
                    ? say("\(Self.span(away.from, away.to)) is saved. Your hours count in \(away.zone ?? "").")
                    : say("\(Self.span(away.from, away.to)) is saved. The hours count in \(away.zone ?? "")."),
                isMet: true)
        case .added(let away) where meetings.isEmpty:
            Components.banner(
                .notes, say("\(Self.span(away.from, away.to)) is saved. Nothing can be booked then."), isMet: true)
        case .added(let away):
            """
            <section class="banner warns stack near" aria-labelledby="meetings" role="status"><div class="stack near">\
            <h2 id="meetings" tabindex="-1" autofocus>\(hit)</h2>\
            <p>\(say("\(Self.span(away.from, away.to)) is saved. Nothing can be booked then."))
            \(say("They stay as they are. Open one to move or cancel it."))</p>\
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
            \(Components.csrf(principal))\(person.field)<button class="button quiet" aria-label="\(plain(
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
                \(Components.mistakes(form))\(person.field)\
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
                                    hint: say("Bookers see the name on days out of office.")))</div>\
                <div class="for-trip">\
                \(Components.select("timezone", plain("Time zone of the trip"),
                                    zones.map { ($0, $0.replacing("_", with: " ")) }, in: form,
                                    hint: say("The hours count in it on these days.")))</div></div>\
                <div>\(Components.button(plain("Add these days"), .primary))</div>
                """))</section>
            """
    }

    // MARK: Holidays

    private var holidayPart: HTML {
        let page = Path("/calendar/schedules/holidays").adding(query: person.query)
        let words = holidays.map { country, next in
            next.map { say("Those of \(country) are closed. The next is \($0.bothNames) on \($0.date.dayWords).") }
                ?? say("Those of \(country) are closed.")
        }
        return """
            <section class="stack near" aria-labelledby="holidays">\
            \(Components.sectionHead(plain("Holidays"), id: "holidays"))\
            <p class="second">\(words ?? say("Public holidays are open. Choose a country to close them."))</p>\
            <div>\(Components.link(holidays == nil ? plain("Choose holidays") : plain("Change holidays"), to: page))\
            </div></section>
            """
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
            colleagues: [Redirect.Colleague(id: ID(milliseconds: 1, random: random), name: "Tomasz Nowak")],
            person: ActedFor(.example))
        page.form = Filled(values: ["kind": "out_of_office", "timezone": "UTC"])
        page.holidays = ("Norway", nil)
        return page
    }
}

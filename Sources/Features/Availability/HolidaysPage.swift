/// The page on which a host chooses whose public holidays close their days.
import Scheduling
import Web

/// `/calendar/schedules/holidays`.
package struct HolidaysPage: Page {
    let principal: Principal
    /// Whose holidays these are.
    let person: ActedFor
    let today: LocalDate
    var form = Filled.empty
    /// Holidays that are ticked to be worked.
    var worked: Set<LocalDate> = []
    var notice: HTML = .empty
    var calendar = HolidayCalendar.shared
    /// The country of the person's zone, while none is chosen.
    var home: String?
    /// Whose else they can be.
    var people: [ActedFor] = []

    /// The years whose holidays are listed.
    var years: ClosedRange<Int> { today.year...today.year + 1 }

    package var html: HTML {
        let title = person.isOwn ? plain("Holidays") : plain("Holidays of \(person.name)")
        let away = Path("/calendar/schedules/away").adding(query: person.query)
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([
                (plain("Schedules"), "/calendar/schedules"), (plain("Time away"), away),
            ], title))\
            \(Components.pageHead(title, say("On the public holidays of a country nothing can be booked.")))\
            \(person.chooser(people, action: "/calendar/schedules/holidays"))\(notice)\(content)
            """)
    }

    private var content: HTML {
        let countries = [("", plain("None"))] + calendar.countries.map { ($0.code, $0.name) }
        let country = calendar.country(form["country"])
        let regions = [("", plain("No region"))] + (country?.regions ?? []).map { ($0.code, $0.name) }
        return Components.form(action: "/calendar/schedules/holidays", csrf: principal, kept: true, """
            \(Components.mistakes(form))\(person.field)\
            <div class="two">\
            \(Components.select("country", plain("Country"), countries, in: form))\
            \(if: regions.count > 1, then: Components.select("region", plain("Region"), regions, in: form))</div>\
            <p class="line"><span class="hint">\(say("Another country or region? Look at its days before you save."))\
            </span>\(Components.button(plain("Show days"), name: "then", value: "show"))</p>\
            \(Components.field("halfDays", plain("Half days"), in: form,
                               hint: say("Off from noon, every year. Month and day, such as 12-24, 12-31."),
                               optional: plain("optional")))\
            \(days)<p class="line">\(Components.button(plain("Save holidays"), .primary))\
            \(Components.link(plain("Back to time away"),
                              to: Path("/calendar/schedules/away").adding(query: person.query), .quiet))</p>
            """)
    }

    /// Those to come in sight, those that are over folded away; their ticks stay as they are.
    private var days: HTML {
        let holidays = calendar.holidays(
            country: form["country"], region: form["region"],
            from: LocalDate(year: years.lowerBound, month: 1, day: 1) ?? today,
            through: LocalDate(year: years.upperBound, month: 12, day: 31) ?? today)
        guard !holidays.isEmpty else { return .empty }
        let past = holidays.filter { $0.date < today }, ahead = holidays.filter { $0.date >= today }
        return """
            <fieldset class="stack near" id="f-worked"><legend class="lead">\(heading(ahead.count))</legend>\
            <p class="hint">\(say("All these days are closed for booking. Tick “I work” on those that are not."))</p>\
            <ul class="holidays" role="list">\(each: ahead, day)</ul>\
            \(if: !past.isEmpty, then: """
                <details><summary class="past-days">\
                \(say("\(past.count)|one:One day of this year is over|other:%1 days of this year are over"))</summary>\
                <ul class="holidays" role="list">\(each: past, day)</ul></details>
                """)</fieldset>
            """
    }

    /// Whose days these are, and how many are to come.
    private func heading(_ ahead: Int) -> HTML {
        let country = calendar.country(form["country"])
        let region = country?.regions.first { $0.code == form["region"] }
        let place = [country?.name, region?.name].compactMap(\.self).joined(separator: ", ")
        return say(Sentence(
            "%1|one:Public holidays of %2: one day ahead|other:Public holidays of %2: %1 days ahead",
            [.number(ahead), .html("<bdi>\(place)</bdi>")]))
    }

    private func day(_ holiday: Holiday) -> HTML {
        let isTicked = worked.contains(holiday.date)
        return """
            <li><p>\(holiday.date.dayWordsWithYear)<br><span class="third"><bdi>\(holiday.bothNames)</bdi></span></p>\
            <label class="choice"><input type="checkbox" name="worked" value="\(holiday.date.description)"\
            \(if: isTicked, then: " checked")> <span>\(say("I work"))\
            <span class="hidden">, \(holiday.date.dayOfMonthWords)</span></span></label></li>
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

    package static var example: HolidaysPage {
        var page = HolidaysPage(
            principal: .example, person: ActedFor(.example), today: LocalDate(daysSince1970: 20_780))
        page.form = Filled(values: ["country": "NO", "halfDays": "12-24"])
        return page
    }
}

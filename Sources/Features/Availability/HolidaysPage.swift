/// The page on which a host chooses whose public holidays close their days.
import Scheduling
import Web

/// `/calendar/schedules/holidays`.
package struct HolidaysPage: Page {
    let principal: Principal
    let today: LocalDate
    var form = Filled.empty
    /// Holidays that are ticked to be worked.
    var worked: Set<LocalDate> = []
    var notice: HTML = .empty
    var calendar = HolidayCalendar.shared

    /// The years whose holidays are listed.
    var years: ClosedRange<Int> { today.year...today.year + 1 }

    package var html: HTML {
        let title = plain("Holidays")
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([
                (plain("Schedules"), "/calendar/schedules"), (plain("Time away"), "/calendar/schedules/away"),
            ], title))\
            \(Components.pageHead(title, say("On the public holidays of a country nobody can book you.")))\
            \(notice)\(content)
            """)
    }

    private var content: HTML {
        let countries = [("", plain("None"))] + calendar.countries.map { ($0.code, $0.name) }
        let country = calendar.country(form["country"])
        let regions = [("", plain("No region"))] + (country?.regions ?? []).map { ($0.code, $0.name) }
        return Components.form(action: "/calendar/schedules/holidays", csrf: principal, """
            \(Components.mistakes(form))\
            <div class="two">\
            \(Components.select("country", plain("Country"), countries, in: form))\
            \(if: regions.count > 1, then: Components.select("region", plain("Region"), regions, in: form))</div>\
            <p class="line"><span class="hint">\(say("Another country or region? Look at its days before you save."))\
            </span>\(Components.button(plain("Show days"), name: "then", value: "show"))</p>\
            \(Components.field("halfDays", plain("Half days"), in: form,
                               hint: say("Off from noon, every year. Month and day, such as 12-24, 12-31."),
                               optional: plain("optional")))\
            \(days)<p class="line">\(Components.button(plain("Save holidays"), .primary))\
            \(Components.link(plain("Back to time away"), to: "/calendar/schedules/away", .quiet))</p>
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
            <fieldset class="stack near" id="f-worked"><legend>\(say("Days you work anyway"))</legend>\
            <p class="hint">\(say("All these days are closed for booking. Tick those on which you work."))</p>\
            <ul class="holidays" role="list">\(each: ahead, day)</ul>\
            \(if: !past.isEmpty, then: """
                <details><summary class="past-days">\
                \(say("\(past.count)|one:One day of this year is over|other:%1 days of this year are over"))</summary>\
                <ul class="holidays" role="list">\(each: past, day)</ul></details>
                """)</fieldset>
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

    package static var example: HolidaysPage {
        var page = HolidaysPage(principal: .example, today: LocalDate(daysSince1970: 20_780))
        page.form = Filled(values: ["country": "NO", "halfDays": "12-24"])
        return page
    }
}

/// The page of holidays: a country, its days, and those that are worked.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct HolidaysPageTests {
    @Test("holidays close their days, half days end at noon, and ticked ones are worked", arguments: Engine.all)
    func holidays(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let other = "/calendar/schedules/holidays"
            // Epiphany 2031 is a Monday in Baden-Württemberg; the stage is in January 2030.
            // The country of their clock is proposed, and nothing is closed by that.
            let proposed = await ada.get(other)
            #expect(proposed.text.contains("Public holidays of <bdi>Germany</bdi>: "))
            #expect(proposed.text.contains("Proposed from"))
            #expect(try await stage.free(day: 2).count == 16)
            let shown = await ada.post(other, ["country": "NO", "then": "show"])
            #expect(shown.text.contains("Grunnlovsdag · Constitution Day") && shown.text.contains(">I work<"))
            #expect(shown.status == 200)
            #expect(shown.text.contains("Grunnlovsdag") && shown.text.contains("Nothing is saved yet"))
            #expect(await ada.post(other, ["country": "DE", "region": "BY", "halfDays": "1-9"]).status == 303)
            #expect(try await stage.free(day: 2).count == 6)
            let page = await ada.get(other)
            #expect(page.field("halfDays") == "01-09" && page.text.contains("Tag der Deutschen Einheit"))
            #expect(page.text.contains("value=\"2031-01-06\">"))
            // 1 and 6 January of this year: the stage is on the 7th.
            #expect(page.text.contains("2 days of this year are over"))
            let away = await ada.get("/calendar/schedules/away").text
            #expect(away.contains("Those of Germany are closed. The next is "))

            #expect(await ada.post(other, ["country": "DE", "region": "BY", "halfDays": "", "worked": "2031-01-06"])
                .status == 303)
            #expect(await ada.get(other).text.contains("value=\"2031-01-06\" checked"))
            #expect(try await stage.free(day: 2).count == 16)
            let wrong = await ada.post(other, ["country": "DE", "region": "XX", "halfDays": "24.12."])
            #expect(wrong.status == 422 && wrong.field("halfDays") == "24.12.")
            #expect(wrong.text.contains("id=\"f-region-error\""))
            #expect(await ada.post(other, ["country": "", "halfDays": ""]).status == 303)
            let none = await ada.post(other, ["country": "", "then": "show"])
            #expect(!none.text.contains("Public holidays of"))
            let sorted = HolidayCalendar("C\tAX\tÅland\nC\tZW\tZimbabwe\nC\tAL\tAlbania\nC\tAF\tAfghanistan")
            #expect(sorted.countries.map(\.code) == ["AF", "AX", "AL", "ZW"])
        }
    }

    @Test("regions are called what people there call them")
    func regions() throws {
        let norway = try HolidayCalendar.shared.country("NO").wanted("Norway").regions.map(\.name)
        #expect(norway.contains("Finnmark") && norway.contains("Trøndelag") && !norway.contains("Finmarkun"))
        let france = try HolidayCalendar.shared.country("FR").wanted("France").regions.map(\.name)
        #expect(france.contains("Guadeloupe") && !france.contains("GP"))
    }
}

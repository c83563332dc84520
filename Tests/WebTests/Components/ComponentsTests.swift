/// Tests of the parts of pages: what is tied to what, what is escaped, what is read out.

import Scheduling
import Testing
@testable import Web

@Suite struct FieldPartsTests {
    let form = Filled(values: ["mail": "y\"@<kpuh"],
        errors: [FieldError(field: "mail", code: "invalid", message: "Not complete.")])

    @Test("a field that is wrong keeps what was typed and is tied to its sentence")
    func tiesMistakes() {
        let html = Components.field("mail", "E-mail", in: form, typing: .email, hint: "For the invitation.").text
        #expect(html.contains("<label for=\"f-mail\">E-mail</label>"))
        #expect(html.contains("value=\"y&quot;@&lt;kpuh\""))
        #expect(html.contains("aria-invalid=\"true\" aria-describedby=\"f-mail-hint f-mail-error\""))
        #expect(html.contains("<span class=\"hint\" id=\"f-mail-hint\">For the invitation.</span>"))
        #expect(html.contains("<p class=\"field-error\" id=\"f-mail-error\">"))
        #expect(html.contains(" required"))
    }

    @Test("a field that is right says nothing of mistakes; optional is written")
    func staysCalm() {
        let html = Components.field("name", "Name", in: form, optional: "optional").text
        #expect(!html.contains("aria-") || html.contains("aria-hidden"))
        #expect(!html.contains("field-error") && !html.contains(" required"))
        #expect(html.contains("<span class=\"third\">optional</span>"))
    }

    @Test("a password is never sent back")
    func forgetsPasswords() {
        let form = Filled(values: ["password": "hunter2"])
        #expect(!Components.field("password", "Password", in: form, typing: .password).text.contains("hunter2"))
    }

    @Test("a text of several lines keeps its first empty line")
    func keepsLines() {
        let html = Components.textarea("note", "Note", in: Filled(values: ["note": "\nx</textarea>"])).text
        #expect(html.contains(">\n\nx&lt;/textarea&gt;</textarea>"))
    }

    @Test("the answer that was chosen is chosen again")
    func keepsChoices() {
        let form = Filled(values: ["size": "b", "sms": "on", "kind": "one"])
        #expect(Components.select("size", "Size", [("a", "A"), ("b", "B")],
            in: form).text.contains("<option value=\"b\" selected>"))
        #expect(Components.checkbox("sms", "SMS", in: form).text.contains(" checked"))
        #expect(!Components.checkbox("mail", "Mail", in: form).text.contains(" checked"))
        #expect(Components.choices("kind", "Kind", [("one", "One"), ("two", "Two")],
            in: form).text.contains("value=\"one\" checked"))
    }

    @Test("all mistakes stand above the form and lead to their fields")
    func listsMistakes() {
        let html = Components.mistakes(form).text
        #expect(html.contains("role=\"alert\"") && html.contains("<a href=\"#f-mail\">Not complete.</a>"))
        #expect(Components.mistakes(.empty).isEmpty)
    }

    @Test("a signed-in form holds its token")
    func holdsToken() {
        let html = Components.form(action: "/x", csrf: .person(), "<p>y</p>").text
        #expect(html.contains("<input type=\"hidden\" name=\"csrf\" value=\"csrf-token\">"))
        #expect(!Components.form(action: "/x", "<p>y</p>").text.contains("csrf"))
    }
}

@Suite struct PartsTests {
    @Test("initials are the first letters of the first and the last word", arguments: [
        ("Ingrid Aasland-Okonkwo", "IA"), ("ada", "A"), ("", ""), ("长谷川", "长"), ("Siobhán Ní Dhomhnaill", "SD"),
        (" - x", "X"),
    ])
    func takesInitials(name: String, initials: String) {
        #expect(Components.initials(name) == initials)
    }

    @Test("a failing banner is read out at once")
    func alerts() {
        #expect(Components.banner(.fails, "x").text.contains("role=\"alert\""))
        #expect(Components.banner(.notes, "x").text.contains("role=\"status\""))
    }

    @Test("every icon is drawn")
    func drawsIcons() {
        for icon in Icon.allCases { #expect(!icon.drawing.isEmpty, "\(icon.rawValue)") }
    }

    @Test("a page holds the icons it uses, once each")
    func collectsIcons() {
        let page = Components.icon(.globe) + Components.icon(.left, flip: true) + Components.icon(.globe)
        let sprite = Icon.sprite(for: page).text
        #expect(sprite.split(separator: "<symbol").count == 3)
        #expect(sprite.contains("id=\"i-globe\"") && sprite.contains("id=\"i-left\""))
        #expect(Icon.sprite(for: "<p></p>").isEmpty)
    }
}

@Suite struct MonthTableTests {
    private static func december(_ day: Int, _ month: Int = 12) -> LocalDate {
        LocalDate(year: 2026, month: month, day: day) ?? LocalDate(daysSince1970: 0)
    }

    let month = Components.Month(
        year: 2026, month: 12, free: [december(1): 9, december(2): 3, december(3): 11, december(4): 1],
        chosen: LocalDate(year: 2026, month: 12, day: 3),
        today: LocalDate(year: 2026, month: 12, day: 5), before: "/x?month=2026-11", after: "/x?month=2027-01")

    private var html: String { Components.month(month) { "/x?day=\($0)" }.text }

    @Test("free days are links that say how many times there are, the rest are figures")
    func drawsDays() {
        let chosen = "href=\"/x?day=2026-12-03\" aria-current=\"date\" aria-label=\"3 December, 11 times\""
        #expect(html.contains("<a class=\"many\" \(chosen)>3</a>"))
        #expect(html.contains("<a class=\"some\" href=\"/x?day=2026-12-01\" aria-label=\"1 December, 9 times\">1</a>"))
        #expect(html.contains("<a href=\"/x?day=2026-12-02\" aria-label=\"2 December, 3 times\">2</a>"))
        #expect(html.contains("aria-label=\"4 December, one time\""))
        #expect(html.contains("<td class=\"today\">5</td>"))
        #expect(html.contains("<td>31</td>"))
    }

    @Test("the month has its name, its neighbours and whole weeks")
    func drawsFrame() {
        #expect(html.contains("<h2 id=\"month\">December 2026</h2>"))
        #expect(html.contains("aria-label=\"November 2026\"") && html.contains("aria-label=\"January 2027\""))
        #expect(html.split(separator: "<tr>").count == 1 + 1 + 5)
        #expect(html.split(separator: "<td").count - 1 == 35)
        // December 2026 begins on a Tuesday.
        #expect(html.contains("<tbody><tr><td></td><td><a"))
    }

    @Test("without a neighbour there is no way to one")
    func hidesNeighbours() {
        let html = Components.month(Components.Month(year: 2026, month: 2, free: [:])) { "/x?day=\($0)" }.text
        #expect(!html.contains("<a "))
        #expect(html.contains("<td>28</td>") && !html.contains("<td>29</td>"))
    }

    @Test("near its end a month is shown as five weeks from the current one, on into the next")
    func opensLate() {
        let late = Components.Month(
            year: 2026, month: 11, free: [Self.december(1): 2], after: "/x?month=2026-12",
            from: Self.december(26, 11))
        let html = Components.month(late) { "/x?day=\($0)" }.text
        #expect(html.contains("November – December 2026") && html.contains("<tbody><tr><td>23</td>"))
        #expect(html.contains("aria-label=\"1 December, 2 times\"") && html.contains("<td>27</td></tr></tbody>"))
        #expect(html.split(separator: "<td").count - 1 == 35)
    }

    @Test("weeks begin on the reader's first day")
    func turnsWeeks() {
        Language.$current.withValue(.pseudo) { #expect(html.contains("<tr><td></td><td></td><td></td><td><a")) }
    }
}

@Suite struct TimesListTests {
    let day = LocalDate(year: 2026, month: 12, day: 3) ?? LocalDate(daysSince1970: 0)

    @Test("each time is a button that takes it; a time that is gone is none")
    func drawsTimes() {
        let choices = [9, 10, 13].map { hour in
            Components.TimeChoice(value: "2026-12-03T\(hour):00:00Z",
                time: LocalTime(date: day, secondOfDay: hour * 3600),
                                  isGone: hour == 10)
        }
        let html = Components.times(day, choices, clock: .twentyFour, action: "/book/intro/holds",
                                    hidden: Components.hidden("duration", "30")).text
        #expect(html.contains("<form id=\"pick\" method=\"post\" action=\"/book/intro/holds\" data-once"))
        #expect(html.contains("<button class=\"time\" name=\"start\" value=\"2026-12-03T9:00:00Z\">09:00</button>"))
        #expect(html.contains("<span class=\"time gone\"><s>10:00</s></span>"))
        #expect(html.contains("<h3>Morning</h3>") && html.contains("<h3>Afternoon</h3>"))
        #expect(html.contains("<h2 id=\"day\">Thursday 3 December</h2>"))
        #expect(html.contains("<input type=\"hidden\" name=\"duration\" value=\"30\">"))
    }

    @Test("the evening stands under the afternoon, or beside the morning; the time a meeting has is no button")
    func drawsParts() {
        func html(_ hours: [Int], own: Int = 0) -> String {
            let choices = hours.map { hour in
                Components.TimeChoice(
                    value: "\(hour)", time: LocalTime(date: day, secondOfDay: hour * 3600), isOwn: hour == own)
            }
            return Components.times(day, choices, clock: .twentyFour, action: "/x").text
        }
        let full = html([9, 13, 18], own: 13)
        #expect(full.split(separator: "class=\"half\"").count == 3)
        #expect(full.contains("</div><h3>Evening</h3>"))
        #expect(full.contains("<span class=\"time own\">13:00, yours</span>"))
        #expect(!full.contains("value=\"13\""))
        #expect(html([9, 18, 23]).split(separator: "class=\"half\"").count == 3)
        #expect(!html([9, 17]).contains("Evening"))
        // From midnight to five it is night, not morning.
        let long = html([2, 5, 13, 18])
        #expect(long.contains("<h3>Night</h3>") && long.split(separator: "class=\"half\"").count == 3)
        #expect(html([0, 4]).contains("Night") && !html([0, 4]).contains("Morning") && !html([5]).contains("Night"))
    }

    @Test("the zone stands below the month with its clock")
    func drawsZone() {
        let html = Components.zoneLine(zone: "Europe/Lisbon", place: "Lisbon",
                                       now: LocalTime(date: day, secondOfDay: 50_520), clock: .twentyFour,
                                       choose: "/x?zone", clocks: { "/x?clock=\($0.rawValue)" }).text
        #expect(html.contains("Lisbon, <time data-clock=\"24\" data-clock-zone=\"Europe/Lisbon\">14:02</time> now"))
        #expect(html.contains("<a href=\"/x?clock=24\" id=\"clock\" aria-current=\"true\">24\u{a0}h</a>"))
    }
}

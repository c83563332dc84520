/// The pages of a host's links: the list, and the form that makes and changes one.
import Scheduling
import Web

/// `/calendar/event-types`.
package struct LinksPage: Page {
    let principal: Principal
    let links: [Link]
    let address: String

    package var html: HTML {
        let active = links.filter(\.rules.active).count
        let answer = links.isEmpty
            ? HTML.empty
            : say("\(active)|one:One link can be booked.|other:%1 links can be booked.")
        return Layout.app(title: plain("Links"), tab: .links, principal, """
            \(Components.pageHead(plain("Links"), answer, actions: new))\(list)
            """)
    }

    private var new: HTML {
        Components.link(plain("New link"), to: "/settings/booking-links/new", .primary, icon: .plus)
    }

    private var list: HTML {
        guard !links.isEmpty else {
            return Components.empty(
                plain("No links yet"),
                say("A link is an address where others pick a time with you. Make the first one."), action: new)
        }
        return "<ul class=\"rows\" role=\"list\">\(each: links, row)</ul>"
    }

    private func row(_ link: Link) -> HTML {
        let url = address + link.path.text
        let hosts = link.hosts.map(\.name).joined(separator: ", ")
        return """
            <li class="link-row"><div class="stack tight"><h2><a href="\(Path("/settings/booking-links/\(link.id)"))">\
            \(link.rules.title)</a></h2>\
            <p class="meta third">\(DateWords.duration(minutes: link.rules.duration)) · <bdi>\(hosts)</bdi> · \
            \(Path("/book/\(link.rules.slug)").text)</p></div>\
            \(if: !link.rules.active, then: "<span class=\"tag\">\(say("Switched off"))</span>")\
            <p class="line end">\(Components.copyButton(url, label: plain("Copy link")))\
            \(Components.link(plain("Open"), to: link.path, .quiet))</p></li>
            """
    }

    package static var example: LinksPage {
        LinksPage(principal: .example, links: [.example], address: "https://meet.example")
    }
}

/// `/settings/booking-links/new` and `/settings/booking-links/<id>`.
package struct LinkEditorPage: Page {
    let principal: Principal
    /// Nil while it is being made.
    let link: Link?
    let address: String
    let filled: Filled
    let hours: WeeklyHours
    let zone: String
    /// What happened a moment ago, such as “Saved”.
    var notice: HTML = .empty
    /// A save that somebody else's came before.
    var conflict: String?

    package var html: HTML {
        let title = link?.rules.title ?? plain("New link")
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], title))\
            \(Components.pageHead(title, answer, actions: actions))\(notice)\
            \(conflict.map { Components.banner(.fails, "\($0)") })\(form)
            """)
    }

    private var answer: HTML {
        guard let link else { return say("Others pick a time with you at the address you choose.") }
        let url = address + link.path.text
        return link.rules.active ? say("Bookable at \(url)") : say("Switched off. Nobody can book it.")
    }

    private var actions: HTML {
        guard let link else { return .empty }
        return """
            \(Components.copyButton(address + link.path.text, label: plain("Copy link")))\
            \(Components.link(plain("Open as a booker"), to: link.path, icon: .eye))
            """
    }

    private var form: HTML {
        let action = link.map { Path("/settings/booking-links/\($0.id)") } ?? "/settings/booking-links"
        return Components.form(action: action, csrf: principal, """
            \(Components.mistakes(filled))\
            \(link.map { Components.hidden("version", filled.values["version"] ?? String($0.version)) })\
            \(basics)\(rules)\(hoursPart)\(questions)\
            <p class="line">\(Components.button(link == nil ? plain("Make the link") : plain("Save"), .primary))\
            \(Components.link(plain("Back to links"), to: "/calendar/event-types", .quiet))</p>
            """)
    }

    private var basics: HTML {
        """
        <fieldset class="stack"><legend class="lead">\(say("What"))</legend>\
        \(Components.field("title", plain("Title"), in: filled))\
        \(Components.field("slug", plain("Address"), in: filled,
                           hint: say("\(address)/book/… Letters a–z, digits, dashes."),
                           optional: plain("made from the title")))\
        \(Components.textarea("description", plain("Description"), in: filled, optional: plain("optional")))\
        <div class="two">\(number("durationMinutes", plain("Length in minutes")))\
        \(Components.select("locations.0.kind", plain("Where"), locationKinds, in: filled))</div>\
        \(Components.field("locations.0.text", plain("Address, number or meeting link"), in: filled,
                           optional: plain("optional")))\
        \(Components.checkbox("active", plain("Can be booked"), in: filled))</fieldset>
        """
    }

    private var locationKinds: [(String, String)] {
        [
            (LocationKind.video.rawValue, plain("Video call")),
            (LocationKind.phoneHostCalls.rawValue, plain("Phone, host calls")),
            (LocationKind.phoneAttendeeCalls.rawValue, plain("Phone, attendee calls")),
            (LocationKind.address.rawValue, plain("At an address")),
            (LocationKind.custom.rawValue, plain("Something else")),
        ]
    }

    private var rules: HTML {
        let units = MinimumNotice.Unit.allCases.map { unit in
            switch unit {
            case .minute: (unit.rawValue, plain("minutes"))
            case .hour: (unit.rawValue, plain("hours"))
            case .day: (unit.rawValue, plain("days"))
            }
        }
        return """
            <fieldset class="stack"><legend class="lead">\(say("When it can be booked"))</legend><div class="two">\
            \(number("bufferBeforeMinutes", plain("Pause before, minutes")))\
            \(number("bufferAfterMinutes", plain("Pause after, minutes")))\
            \(number("minimumNotice.value", plain("Shortest notice")))\
            \(Components.select("minimumNotice.unit", plain("Unit of the notice"), units, in: filled))\
            \(number("stepMinutes", plain("Start every … minutes"), optional: plain("the length")))\
            \(Components.select("window.kind", plain("How far ahead"), [
                ("rolling_days", plain("A number of days")), ("range", plain("Between two dates")),
            ], in: filled))\
            \(number("window.days", plain("Days ahead"), optional: plain("for a number of days")))\
            \(date("window.from", plain("First day")))\(date("window.to", plain("Last day")))\
            </div></fieldset>
            """
    }

    private func number(_ name: String, _ label: String, optional: String? = nil) -> HTML {
        Components.field(name, label, in: filled, typing: .number, optional: optional, short: true)
    }

    private func date(_ name: String, _ label: String) -> HTML {
        Components.field(name, label, in: filled, typing: .date, optional: plain("between two dates"))
    }

    private var hoursPart: HTML {
        """
        <fieldset class="stack"><legend class="lead">\(say("Weekly hours"))</legend>\
        \(Components.select("hoursFrom", plain("Hours"), [
            ("schedule", plain("My working hours")), ("own", plain("Hours of this link alone")),
        ], in: filled, hint: say("The hours below count when the link has its own. Times are in \(zone).")))\
        \(hours.html)</fieldset>
        """
    }

    /// The questions there are, and two empty rows for more.
    private var questions: HTML {
        let last = (0..<LinkReading.mostQuestions).last { !filled["questions.\($0).label"].isEmpty }
        let rows = min((last.map { $0 + 1 } ?? 0) + 2, LinkReading.mostQuestions)
        return """
            <fieldset class="stack"><legend class="lead">\(say("Questions"))</legend>\
            <p class="hint">\(say("Asked when somebody books. Leave a row empty to drop it."))</p>\
            \(each: 0..<rows, question)</fieldset>
            """
    }

    private func question(_ index: Int) -> HTML {
        let name = "questions.\(index)"
        return """
            <div class="two">\(Components.hidden("\(name).id", filled["\(name).id"]))\
            \(Components.field("\(name).label", plain("Question \(index + 1)"), in: filled,
                               optional: plain("optional")))\
            \(Components.select("\(name).kind", plain("Answer to question \(index + 1)"), [
                ("text", plain("One line")), ("textarea", plain("Several lines")),
            ], in: filled))\
            \(Components.checkbox("\(name).required", plain("Question \(index + 1) must be answered"), in: filled))\
            </div>
            """
    }

    package static var example: LinkEditorPage {
        LinkEditorPage(
            principal: .example, link: .example, address: "https://meet.example",
            filled: LinkFields.filled(.example, hasOwnHours: false), hours: WeeklyHours(Schedule.defaultWeekly),
            zone: "Europe/Oslo")
    }
}

/// A stored link as the fields of its form.
enum LinkFields {
    static func filled(_ link: Link, hasOwnHours: Bool) -> Filled {
        var filled = filled(link.rules)
        filled.values["hoursFrom"] = hasOwnHours ? "own" : "schedule"
        for (index, question) in link.questions.enumerated() {
            filled.values["questions.\(index).id"] = question.id.text
            filled.values["questions.\(index).label"] = question.label
            filled.values["questions.\(index).kind"] = question.kind.rawValue
            if question.required { filled.values["questions.\(index).required"] = "on" }
        }
        return filled
    }

    static func filled(_ rules: LinkRules) -> Filled {
        var values = [
            "title": rules.title, "slug": rules.slug, "description": rules.description,
            "durationMinutes": String(rules.duration), "locations.0.kind": rules.firstLocation.kind.rawValue,
            "locations.0.text": rules.firstLocation.text, "bufferBeforeMinutes": String(rules.bufferBefore),
            "bufferAfterMinutes": String(rules.bufferAfter), "minimumNotice.value": String(rules.notice.value),
            "minimumNotice.unit": rules.notice.unit.rawValue, "hoursFrom": "schedule",
        ]
        if let step = rules.step { values["stepMinutes"] = String(step) }
        if rules.active { values["active"] = "on" }
        switch rules.window {
        case .rollingDays(let days):
            values["window.kind"] = "rolling_days"
            values["window.days"] = String(days)
        case .range(let from, let to):
            values["window.kind"] = "range"
            values["window.from"] = from.description
            values["window.to"] = to.description
        }
        return Filled(values: values)
    }
}

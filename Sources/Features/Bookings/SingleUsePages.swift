/// What a host sees of single-use links: the list, the form that makes one, and the page of one.
import Scheduling
import Web

extension SingleUse {
    var path: Path { Path("/calendar/single-use/\(id)") }
}

extension Question {
    /// As a host may answer it for somebody: nothing is asked of them.
    var optional: Question {
        var question = self
        (question.asked.required, question.asked.onlyIf) = (false, nil)
        return question
    }
}

extension SingleUseState {
    var words: String {
        switch self {
        case .unused: plain("Unused")
        case .used: plain("Used")
        case .expired: plain("Expired")
        case .withdrawn: plain("Taken back")
        }
    }
}

/// `/calendar/single-use`.
package struct SingleUseListPage: Page {
    /// More than anybody scrolls through.
    static let most = 200

    let principal: Principal
    let all: [SingleUse]
    /// Of their links.
    let titles: [ID<Link>: String]
    let show: SingleUseState?
    let zone: Zone
    let clock: HourClock
    let now: Instant

    package var html: HTML {
        Layout.app(title: plain("Single-use links"), tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], plain("Single-use links")))\
            \(Components.pageHead(
                plain("Single-use links"), say("An address for one person and one booking."), actions: new))\
            \(filters)\(list)
            """)
    }

    private var new: HTML {
        Components.link(plain("New single-use link"), to: "/calendar/single-use/new", .primary, icon: .plus)
    }

    private var filters: HTML {
        guard !all.isEmpty || show != nil else { return .empty }
        let home: Path = "/calendar/single-use"
        let choices = SingleUseState.allCases.map { state in
            Components.Choice(
                state.words, home.adding(query: [("show", state.rawValue)]), isCurrent: state == show)
        }
        return Components.segments(
            label: plain("Which of them"), [Components.Choice(plain("All"), home, isCurrent: show == nil)] + choices)
    }

    private var list: HTML {
        guard !all.isEmpty else {
            return show == nil
                ? Components.empty(
                    plain("None yet"),
                    say("Make one for somebody who is to book once. It leads to one of your links."), action: new)
                : Components.empty(plain("None of these"), say("Nothing here stands so at present."))
        }
        return "<ul class=\"rows\" role=\"list\">\(each: all, row)</ul>\(more)"
    }

    private var more: HTML {
        guard all.count == Self.most else { return .empty }
        return "<p class=\"hint\">\(say("The newest \(Self.most)."))</p>"
    }

    private func row(_ one: SingleUse) -> HTML {
        let until = one.expires.map { TimeWords.dayAndTime($0, in: zone, clock) }
        let state = one.state(now: now)
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(one.path)"><bdi>\(one.name)</bdi></a><br>\
            <span class="third"><bdi>\(titles[one.link] ?? "")</bdi>\
            \(if: state == .unused, then: until.map { " · \(say("until \($0)"))" as HTML } ?? .empty)</span></p>\
            <p><span class="tag">\(state.words)</span></p></li>
            """
    }

    package static var example: SingleUseListPage {
        SingleUseListPage(
            principal: .example, all: [.example], titles: [Link.example.id: Link.example.rules.title], show: nil,
            zone: .utc, clock: .twentyFour, now: SingleUse.example.createdAt)
    }
}

/// `/calendar/single-use/new`: of which link.
package struct SingleUseChoicePage: Page {
    let principal: Principal
    let links: [Link]

    package var html: HTML {
        Layout.app(title: plain("New single-use link"), tab: .links, principal, """
            \(Components.crumbs(SingleUseFormPage.above, plain("New")))\
            \(Components.pageHead(plain("New single-use link"), say("Which link does it lead to?")))\
            \(if: links.isEmpty, then: Components.empty(
                plain("No links yet"), say("It leads to one of your links. Make one first, or switch one on."),
                action: Components.link(plain("Your links"), to: "/calendar/event-types", .primary)))\
            \(if: !links.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: links, row)</ul>")
            """)
    }

    private func row(_ link: Link) -> HTML {
        let path = Path("/calendar/single-use/new").adding(query: [("link", link.id.text)])
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(path)"><bdi>\(link.rules.title)</bdi></a><br>\
            <span class="third">\(link.rules.lengthWords) · \
            <bdi>\(link.hosts.map(\.name).joined(separator: ", "))</bdi></span></p></li>
            """
    }

    package static var example: SingleUseChoicePage {
        SingleUseChoicePage(principal: .example, links: [.example])
    }
}

/// `/calendar/single-use/new?link=<id>`: for whom.
package struct SingleUseFormPage: Page {
    static var above: [(String, Path)] {
        [(plain("Links"), "/calendar/event-types"), (plain("Single-use links"), "/calendar/single-use")]
    }

    let principal: Principal
    let link: Link
    /// Signed: pressed twice it is one.
    let form: String
    var filled = Filled(values: ["days": "14"])
    var alert: HTML = .empty

    package var html: HTML {
        let title: HTML = "<bdi>\(link.rules.title)</bdi>"
        return Layout.app(title: plain("New single-use link"), tab: .links, principal, """
            \(Components.crumbs(Self.above, plain("New")))\(alert)\
            \(Components.pageHead(plain("For whom?"), say("Leads to \(title), once.")))\
            \(Components.form(action: "/calendar/single-use", csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("link", link.id.text))\
                \(Components.hidden("form", form))<div class="two">\
                \(Components.field("name", plain("Name"), in: filled))\
                \(Components.field("email", plain("E-mail"), in: filled, typing: .email,
                                   hint: say("For anybody else you are asked first.")))</div>\
                \(Components.select("days", plain("How long"), days, in: filled))\(hosts)\(answers)\
                \(Components.checkbox("revives", plain("Usable again after a cancellation"), in: filled))\
                <p>\(Components.button(plain("Make the address"), .primary))</p>
                """))
            """)
    }

    private var days: [(String, String)] {
        [("", plain("Until it is used"))] + [1, 3, 7, 14, 30, 90].map {
            (String($0), plain("\($0)|one:One day|other:%1 days"))
        }
    }

    private var hosts: HTML {
        guard !link.canPin.isEmpty else { return .empty }
        let choices = [("", plain("Whose turn it is"))] + link.canPin.map { ($0.id.text, $0.name) }
        return Components.select("hostId", plain("Whom they meet"), choices, in: filled)
    }

    /// What is known already, so that nobody types it again.
    private var answers: HTML {
        guard !link.questions.isEmpty else { return .empty }
        let names = link.questions.map { "answers.\($0.id)" }
        let isOpen = names.contains { name in
            filled.values.contains { $0.key.hasPrefix(name) && !$0.value.isEmpty } || filled.error(name) != nil
        }
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.edit))\(say("Answer questions for them"))</summary><div class="stack">\
            <p class="hint">\(say("They see the answers and can change them."))</p>\
            \(QuestionFields(link.questions.map(\.optional), filled).html)</div></details>
            """
    }

    package static var example: SingleUseFormPage {
        SingleUseFormPage(principal: .example, link: .example, form: "example")
    }
}

/// `/calendar/single-use/<id>`.
package struct SingleUsePage: Page {
    let principal: Principal
    let link: Link
    let one: SingleUse
    /// Nil when the key file is another: then the address cannot be told again.
    let url: String?
    let zone: Zone
    let clock: HourClock
    let now: Instant
    /// Whether its link lets nobody book at present.
    var isClosed = false
    var alert: HTML = .empty

    package var html: HTML {
        Layout.app(title: one.name, tab: .links, principal, """
            \(Components.crumbs(SingleUseFormPage.above, one.name))\(alert)\
            \(Components.pageHead(one.name, answer))\(address)\(Components.pairs(facts))\(deeds)
            """)
    }

    private var state: SingleUseState { one.state(now: now) }

    private var answer: HTML {
        switch state {
        case .unused where isClosed: say("Its link is switched off or over, so nothing can be booked with it now.")
        case .unused where one.use?.status == .cancelled: say("Their meeting was cancelled. They can book again.")
        case .unused: say("Nobody has booked with it yet.")
        case .used where one.use?.status == .pendingApproval: say("Somebody asks for a time and waits for an answer.")
        case .used: say("One meeting was booked, so it leads nowhere any more.")
        case .expired: say("It was not used in time.")
        case .withdrawn: say("You took it back. It leads nowhere any more.")
        }
    }

    private var address: HTML {
        guard state == .unused, !isClosed, let url else { return .empty }
        let mail: HTML = one.mails < SingleUse.mostMails ? Components.form(
            action: Path("/calendar/single-use/\(one.id)/mail"), csrf: principal, style: "line", """
                \(Components.hidden("mails", String(one.mails)))\
                \(Components.button(
                    one.mails == 0 ? plain("Mail it to \(one.name)") : plain("Mail it again"), icon: .mail))
                """) : .empty
        return """
            <div class="well stack near"><p class="address"><bdi dir="ltr">\(url)</bdi></p>\
            <div class="line">\(Components.copyButton(url, label: plain("Copy the address"), .primary))\(mail)\
            </div></div>
            """
    }

    private var facts: [(String, HTML)] {
        var facts: [(String, HTML)] = [
            (plain("Link"), "<a class=\"inline\" href=\"\(Path("/settings/booking-links/\(link.id)"))\">"
                + "<bdi>\(link.rules.title)</bdi></a>"),
            (plain("E-mail"), "<bdi dir=\"ltr\">\(one.email)</bdi>"),
        ]
        if let host = link.hosts.first(where: { $0.id == one.pinned(on: link) }) {
            facts.append((plain("Meets"), "<bdi>\(host.name)</bdi>"))
        }
        let until = one.expires.map { TimeWords.dayAndTime($0, in: zone, clock) } ?? plain("Until it is used")
        facts.append((plain("Can be used"), "\(one.expires == nil ? until : plain("Until \(until)"))"))
        facts.append((
            plain("After a cancellation"), "\(one.revives ? plain("Can be used again") : plain("Stays used"))"))
        if let mailedAt = one.mailedAt {
            facts.append((plain("Mailed"), "<time>\(TimeWords.dayAndTime(mailedAt, in: zone, clock))</time>"))
        }
        return facts
    }

    private var deeds: HTML {
        let booking: HTML = one.use.map { use in
            "<p>\(Components.link(plain("The booking"), to: Path("/calendar/bookings/\(use.booking)")))</p>"
        } ?? .empty
        guard state == .unused else { return booking }
        return booking + Components.form(
            action: Path("/calendar/single-use/\(one.id)/withdrawal"), csrf: principal, style: "line",
            Components.button(plain("Take it back"), .danger))
    }

    package static var example: SingleUsePage {
        SingleUsePage(
            principal: .example, link: .example, one: .example, url: "https://meet.example/single-use/example",
            zone: .utc, clock: .twentyFour, now: SingleUse.example.createdAt)
    }
}

/// `/settings/assistants`: who acts for somebody, and for whom they act; and the same of another member, for admins.
import Scheduling
import Web

struct AssistantsPage: Page {
    /// What has just been done.
    enum Notice: String {
        case named, stopped, left

        func words(isOwn: Bool) -> HTML {
            switch self {
            case .named where isOwn: say("Named. From now on they act for you.")
            case .named: say("Named. From now on they act for this person.")
            case .stopped: say("Stopped, from this moment on.")
            case .left: say("You no longer act for this person.")
            }
        }
    }

    /// As many people as can be chosen from; who is beyond is named by the API.
    static let mostChoices = 1000

    let principal: Principal
    let owner: Member
    /// Whether somebody looks at their own.
    let isOwn: Bool
    let assistants: [Assistant]
    /// Who can be named.
    let choices: [Member]
    /// For whom the person who looks acts.
    var assisted: [Assistant] = []
    var form = Filled.empty
    var notice: Notice?

    static func path(_ account: ID<User>?) -> Path {
        account.map { Path("/calendar/admin/members/\($0)/assistants") } ?? "/settings/assistants"
    }

    static var example: AssistantsPage {
        let other = ID<User>(milliseconds: 1_795_000_000_000, random: Array(repeating: 7, count: 10))
        let made = Assistant(
            account: Principal.example.user, accountName: Principal.example.name, assistant: other,
            assistantName: "Jonas Lind", assistantEmail: "jonas@nordhavn.example", since: Instant(1_795_000_000))
        var page = AssistantsPage(
            principal: .example, owner: .example, isOwn: true, assistants: [made], choices: [.example])
        page.assisted = [Assistant(
            account: other, accountName: "Jonas Lind", assistant: Principal.example.user,
            assistantName: Principal.example.name, assistantEmail: "ingrid@nordhavn.example",
            since: Instant(1_795_000_000))]
        return page
    }

    private var name: String { owner.account.name }
    private var path: Path { Self.path(isOwn ? nil : owner.account.id) }
    private var title: String { isOwn ? plain("Assistants") : plain("Assistants of \(name)") }

    var html: HTML {
        Layout.app(title: title, tab: isOwn ? .assistants : .members, principal, """
            \(if: !isOwn, then: Components.crumbs([
                (plain("Members"), "/calendar/admin/members"),
                (name, Path("/calendar/admin/members/\(owner.account.id)")),
            ], plain("Assistants")))\
            \(notice.map { Components.banner(.notes, $0.words(isOwn: isOwn)) })\
            \(Components.pageHead(title, answer))\(Components.mistakes(form))\
            <p class="second">\(say("""
                An assistant sees and changes bookings, links, hours and days away as if they were their own, and \
                books for others. Mails and the log say who did it for whom. Passwords, keys and settings stay closed.
                """))</p>\
            \(people)\(naming)\(acting)
            """)
    }

    private var answer: HTML {
        guard !assistants.isEmpty else {
            return isOwn ? say("Nobody acts for you.") : say("Nobody acts for \(name).")
        }
        return isOwn ? say("\(assistants.count)|one:One person acts for you.|other:%1 people act for you.")
            : say("\(assistants.count)|one:One person acts for %2.|other:%1 people act for \(name).")
    }

    private var people: HTML {
        guard !assistants.isEmpty else { return .empty }
        return "<ul class=\"rows\" role=\"list\">\(each: assistants, row)</ul>"
    }

    private func row(_ assistant: Assistant) -> HTML {
        let (account, id) = (owner.account.id, assistant.assistant)
        let action = isOwn ? Path("/settings/assistants/\(id)/end")
            : Path("/calendar/admin/members/\(account)/assistants/\(id)/end")
        return """
            <li class="row"><p><b><bdi>\(assistant.assistantName)</bdi></b><br>\
            <span class="third">\(assistant.assistantEmail)</span></p>\
            <form method="post" action="\(action)">\(Components.csrf(principal))\
            <button class="button quiet danger" aria-label="\(plain("Stop: \(assistant.assistantName)"))">\
            \(say("Stop"))</button></form></li>
            """
    }

    private var naming: HTML {
        guard !choices.isEmpty else {
            return "<p class=\"third\">\(say("There is nobody else here who could be named."))</p>"
        }
        let people = [("", plain("Choose somebody"))]
            + choices.map { ($0.account.id.text, "\($0.account.name), \($0.account.email)") }
        return """
            <section class="stack" aria-labelledby="name">\
            \(Components.sectionHead(plain("Name an assistant"), id: "name"))\
            \(Components.form(action: path, csrf: principal, """
                \(Components.select("userId", plain("Person"), people, in: form))\
                <div>\(Components.button(plain("Name as assistant"), .primary))</div>
                """))</section>
            """
    }

    private var acting: HTML {
        guard !assisted.isEmpty else { return .empty }
        return """
            <section class="stack" aria-labelledby="acting">\
            \(Components.sectionHead(plain("You act for"), id: "acting"))\
            <ul class="rows" role="list">\(each: assisted, actingRow)</ul></section>
            """
    }

    private func actingRow(_ assistant: Assistant) -> HTML {
        let (id, name) = (assistant.account, assistant.accountName)
        return """
            <li class="row"><p><b><bdi>\(name)</bdi></b></p><div class="line">\
            \(Components.link(plain("Bookings of \(name)"), to: Path("/calendar/bookings").adding(
                query: [("host", id.text)])))\
            \(Components.link(plain("Days away of \(name)"), to: Path("/calendar/schedules/away").adding(
                query: [("of", id.text)])))\
            \(Components.link(plain("New link for \(name)"), to: Path("/settings/booking-links/new").adding(
                query: [("of", id.text)])))\
            <form method="post" action="\(Path("/settings/assisted/\(id)/end"))">\(Components.csrf(principal))\
            <button class="button quiet danger" aria-label="\(plain("No longer act for \(name)"))">\
            \(say("No longer act"))</button></form></div></li>
            """
    }
}

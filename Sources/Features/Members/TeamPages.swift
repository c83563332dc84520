/// The pages of teams: which there are, and one with its name, address and people.
import Scheduling
import Web

struct TeamsPage: Page {
    let principal: Principal
    let teams: [Team]
    var isSaved = false

    static var example: TeamsPage { TeamsPage(principal: .example, teams: [.example]) }

    var html: HTML {
        Layout.app(title: plain("Teams"), tab: .teams, principal, """
            \(if: isSaved, then: Components.banner(.notes, say("Saved.")))\
            \(Components.pageHead(
                plain("Teams"), say("Managers see the bookings of the people in their teams."),
                actions: teams.isEmpty ? .empty : new))
            \(if: teams.isEmpty, then: nothing, else: list)
            """)
    }

    private var new: HTML {
        Components.link(plain("New team"), to: "/calendar/admin/teams/new", .primary, icon: .plus)
    }

    private var nothing: HTML {
        Components.empty(
            plain("No teams yet"), say("Put people together who are booked together, or led by the same person."),
            action: new)
    }

    private var list: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Teams"))"><table class="table cards">\
        <thead><tr><th scope="col">\(say("Name"))</th><th scope="col">\(say("People"))</th>\
        <th scope="col">\(say("Managed by"))</th></tr></thead><tbody>\(each: teams, row)</tbody></table></div>
        """
    }

    private func row(_ team: Team) -> HTML {
        let leads = team.members.filter(\.manages).map(\.name).joined(separator: ", ")
        return """
            <tr><th scope="row"><a class="row-link" href="\(Path("/calendar/admin/teams/\(team.id)"))">\
            <bdi>\(team.name)</bdi></a></th>\
            <td>\(say("\(team.members.count)|one:One person|other:%1 people"))</td>\
            <td class="second" data-label="\(plain("Managed by"))">\
            <bdi>\(leads.isEmpty ? plain("Nobody") : leads)</bdi></td></tr>
            """
    }
}

struct TeamPage: Page {
    let principal: Principal
    /// Nil for a new one.
    let team: Team?
    let members: [Member]
    /// The public address of the installation.
    let address: String
    var form: Filled
    /// The ids of those who are in it, and of those who manage it.
    var ticked: Set<String>
    var managers: Set<String>

    static var example: TeamPage {
        TeamPage(
            principal: .example, team: .example, members: [.example], address: "https://meet.example",
            form: Filled(values: ["name": "Sales North", "slug": "sales-north"]),
            ticked: [Principal.example.user.text], managers: [])
    }

    private var title: String { team?.name ?? plain("New team") }

    private var action: Path {
        team.map { Path("/calendar/admin/teams/\($0.id)") } ?? "/calendar/admin/teams"
    }

    var html: HTML {
        Layout.app(title: title, tab: .teams, principal, """
            \(Components.crumbs([(plain("Teams"), "/calendar/admin/teams")], title))\
            \(Components.pageHead(title, actions: open))\(Components.mistakes(form))
            \(Components.form(action: action, csrf: principal, """
                \(Components.field("name", plain("Name"), in: form))\
                \(Components.field("slug", plain("Address"), in: form,
                                   hint: say("a–z, 0–9 and dashes. Left empty, it is made out of the name."),
                                   optional: plain("optional")))\
                \(Components.textarea("description", plain("Description"), in: form,
                                      hint: say("Stands under the name on the team’s page."),
                                      optional: plain("optional")))\
                \(Components.select("visibility", plain("Who sees the team’s page"), TeamVisibility.choices, in: form))\
                \(people)<div>\(Components.button(plain("Save"), .primary))</div>
                """))\(team.map(deletion))
            """)
    }

    private var open: HTML {
        guard let team else { return .empty }
        return Components.copyButton(address + team.path.text, label: plain("Copy address"))
            + Components.link(plain("Open the team’s page"), to: team.path)
    }

    private var people: HTML {
        """
        <fieldset class="field" id="f-members"><legend>\(say("Who is in it"))</legend>\
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Members"))"><table class="table">\
        <thead><tr><th scope="col">\(say("Name"))</th><th scope="col">\(say("In the team"))</th>\
        <th scope="col">\(say("Manages it"))</th>\
        <th scope="col">\(say("Part, as visitors read it"))</th></tr></thead>\
        <tbody>\(each: members, row)</tbody></table></div></fieldset>
        """
    }

    private func row(_ member: Member) -> HTML {
        let (id, name) = (member.account.id.text, member.account.name)
        return """
            <tr><th scope="row"><bdi>\(name)</bdi></th>\
            <td>\(box("people", id, ticked.contains(id), plain("\(name) is in the team")))</td>\
            <td>\(box("managers", id, managers.contains(id), plain("\(name) manages the team")))</td>\
            <td>\(part(id, name))</td></tr>
            """
    }

    private func part(_ id: String, _ name: String) -> HTML {
        let field = "parts.\(id)"
        let mistake = form.error(field)
        return """
            <input class="input" id="f-\(field)" name="\(field)" value="\(form[field])" \
            aria-label="\(plain("Part of \(name) in the team"))"\
            \(if: mistake != nil, then: " aria-invalid=\"true\" aria-describedby=\"f-\(field)-error\"")>\
            \(mistake.map { """
                <p class="field-error" id="f-\(field)-error">\(Components.icon(.warning))\($0)</p>
                """ as HTML })
            """
    }

    private func box(_ name: String, _ value: String, _ isTicked: Bool, _ label: String) -> HTML {
        """
        <label class="choice"><input type="checkbox" name="\(name)" value="\(value)"\
        \(if: isTicked, then: " checked") aria-label="\(label)"></label>
        """
    }

    /// Asks before it deletes, without script.
    private func deletion(_ team: Team) -> HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Delete the team"))</summary>\
        <form class="stack near" method="post" action="\(Path("/calendar/admin/teams/\(team.id)/deletion"))">\
        \(Components.csrf(principal))<p>\(say("Its people stay; only “\(team.name)” goes."))</p>\
        \(Components.button(plain("Delete “\(team.name)”"), .danger))</form></details>
        """
    }
}

extension TeamVisibility {
    fileprivate static var choices: [(String, String)] { allCases.map { ($0.rawValue, $0.words) } }

    private var words: String {
        switch self {
        case .open: plain("Everybody")
        case .workspace: plain("Members of this workspace")
        case .unlisted: plain("Whoever has the address; not for search engines")
        }
    }
}

extension Team {
    fileprivate static var example: Team {
        Team(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 6, count: 10)), name: "Sales North",
            slug: "sales-north",
            members: [TeamMember(user: Principal.example.user, name: Principal.example.name, manages: true, part: "")],
            createdAt: Instant(1_795_000_000))
    }
}

/// The screen on which the links and bookings of a leaving host are handed over.
import Database
import Scheduling
import Web

struct HandOverRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/admin/members/:id/hand-over", .signedIn(.manageMembers), show),
            Route(.post, "/calendar/admin/members/:id/hand-over", .signedIn(.manageMembers), act),
        ]
    }

    private func duties(_ request: Request) async throws -> HandOverMember.Duties {
        guard let id = ID<User>(try request.parameter("id")) else { throw Common.notFound }
        return try await HandOverMember(installation).duties(of: id, for: try request.signedIn())
    }

    private func page(
        _ request: Request, _ duties: HandOverMember.Duties, filled: Filled = .empty
    ) async throws -> HandOverPage {
        let principal = try request.signedIn()
        let scope = principal.scope
        let zone = try await installation.database.read(scope) { tx in
            try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)?.account.zone
        }
        return HandOverPage(
            principal: principal, duties: duties, zone: zone.flatMap(installation.world.zones.zone) ?? .utc,
            filled: filled)
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(try await page(request, duties(request)).html)
    }

    private func act(_ request: Request) async throws -> Answer {
        let duties = try await duties(request)
        var fields = Fields(form: try request.form())
        let message = fields.text("message", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        var wish = HandOverMember.Wish(
            links: [:], bookings: [:], message: message, removes: fields.flag("removes"))
        for link in duties.links {
            wish.links[link.id] = deed("link.\(link.id)", &fields, duties, words: ["leave": .leave, "off": .off]) {
                .give($0)
            }
        }
        for (booking, _) in duties.bookings {
            wish.bookings[booking.id] = deed(
                "booking.\(booking.id)", &fields, duties, words: ["next": .next, "cancel": .cancel]) { .give($0) }
        }
        guard fields.errors.isEmpty else {
            return .page(try await page(request, duties, filled: fields.filled).html, status: 422)
        }
        let outcomes = try await HandOverMember(installation, from: Origin(request))(
            wish, duties, by: try request.signedIn())
        return .page(HandedOverPage(
            principal: try request.signedIn(), member: duties.member, outcomes: outcomes).html)
    }

    /// A word, or a colleague by their id; nothing was asked of what came in between.
    private func deed<Deed>(
        _ name: String, _ fields: inout Fields, _ duties: HandOverMember.Duties, words: [String: Deed],
        give: (ID<User>) -> Deed
    ) -> Deed? {
        guard fields.has(name) else { return nil }
        let text = fields.text(name, 0...40)
        guard !text.isEmpty else { return nil }
        if let deed = words[text] { return deed }
        if let heir = duties.colleagues.first(where: { $0.account.id.text == text }) { return give(heir.account.id) }
        fields.fail(name, "invalid", plain("Choose one of the list."))
        return nil
    }
}

/// `/calendar/admin/members/<id>/hand-over`.
struct HandOverPage: Page {
    let principal: Principal
    let duties: HandOverMember.Duties
    let zone: Zone
    var filled = Filled.empty

    private var name: String { duties.member.account.name }

    var html: HTML {
        let title = plain("Hand over what \(name) does")
        let own = Path("/calendar/admin/members/\(duties.member.account.id)")
        return Layout.app(title: title, tab: .members, principal, """
            \(Components.crumbs([(plain("Members"), "/calendar/admin/members"), (name, own)], plain("Hand over")))\
            \(Components.pageHead(title, answer))\
            \(Components.form(
                action: Path("/calendar/admin/members/\(duties.member.account.id)/hand-over"), csrf: principal,
                kept: true, """
                \(Components.mistakes(filled))\(links)\(bookings)\
                \(if: !duties.bookings.isEmpty, then: Components.textarea(
                    "message", plain("Message to everybody whose meeting changes"), in: filled,
                    optional: plain("optional")))\
                \(Components.checkbox(
                    "removes", plain("Then remove \(name) from the workspace"), in: filled,
                    note: plain("Sessions and keys end at once. Past bookings stay.")))\
                <p class="line">\(Components.button(plain("Hand over"), .primary))\
                \(Components.link(plain("Back"), to: own, .quiet))</p>
                """))
            """)
    }

    private var answer: HTML {
        guard !duties.isEmpty else { return say("Nobody can book \(name), and nothing is booked.") }
        return say("Say for each link and each booking who takes it. Everybody who takes part gets one mail.")
    }

    private var people: [(String, String)] {
        duties.colleagues.map { ($0.account.id.text, plain("To \($0.account.name)")) }
    }

    private var links: HTML {
        guard !duties.links.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="links"><h2 id="links">\(say("Links"))</h2>\
            \(each: duties.links, { link in
                Components.select("link.\(link.id)", link.rules.title, choices(link), in: chosen(
                    "link.\(link.id)", choices(link)[0].0), hint: "<bdi dir=\"ltr\">\(link.path.text)</bdi>")
            })</section>
            """
    }

    /// What ends something is never chosen beforehand.
    private static var nothing: [(String, String)] { [("", plain("Nothing for now"))] }

    /// The usual thing first: others go on.
    private func choices(_ link: Link) -> [(String, String)] {
        let others = link.hosts.count > 1 ? [("leave", plain("Leave it to its other hosts"))] : []
        return others + Self.nothing + people + [("off", plain("Switch it off"))]
    }

    private var bookings: HTML {
        guard !duties.bookings.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="bookings"><h2 id="bookings">\(say("Bookings"))</h2>\
            \(each: duties.bookings, { row in booking(row.booking, row.link) })</section>
            """
    }

    private func booking(_ booking: Booking, _ link: Link) -> HTML {
        let mayGive = !booking.isWaiting && booking.hosts.count == 1 || link.hasPools
        let next: [(String, String)] = link.rotates && mayGive ? [("next", plain("To whose turn it is"))] : []
        let all = next + Self.nothing + (mayGive ? people : [])
            + [("cancel", plain("Cancel it; the mail leads to another booking"))]
        let name = "booking.\(booking.id)"
        let when = TimeWords.dayAndTime(booking.state.starts, in: zone)
        return Components.select(
            name, "\(when), \(booking.attendee.name)", all, in: chosen(name, all[0].0),
            hint: "\(link.rules.title)")
    }

    private func chosen(_ name: String, _ usual: String) -> Filled {
        var filled = filled
        if filled.values[name] == nil { filled.values[name] = usual }
        return filled
    }

    static var example: HandOverPage {
        HandOverPage(
            principal: .example,
            duties: .init(
                member: .example, links: [.example], bookings: [(.example, .example)], colleagues: [.example]),
            zone: .utc)
    }
}

/// What was handed over and what was not.
struct HandedOverPage: Page {
    let principal: Principal
    let member: Member
    let outcomes: [HandOverMember.Outcome]

    var html: HTML {
        let name = member.account.name
        let failed = outcomes.filter { $0.refusal != nil }.count
        return Layout.app(title: plain("Handed over"), tab: .members, principal, """
            \(Components.crumbs([(plain("Members"), "/calendar/admin/members")], plain("Handed over")))\
            \(Components.pageHead(plain("What \(name) did"), say("This is what became of it.")))\
            \(if: failed > 0, then: Components.banner(.fails, say("""
                \(failed)|one:One thing could not be done. It stays as it was.|\
                other:%1 things could not be done. They stay as they were.
                """), isMet: true))\
            <ul class="rows" role="list">\(each: outcomes, { outcome in """
                <li class="row"><div class="stack tight"><span>\(outcome.what)</span>\
                \(outcome.refusal.map { "<span class=\"second\">\(say("Not done: \($0)"))</span>" as HTML })</div></li>
                """ })</ul>\
            <p class="line">\(Components.link(plain("Members"), to: "/calendar/admin/members", .primary))\
            \(if: failed > 0, then: Components.link(plain("What is left"), to: Path(
                "/calendar/admin/members/\(member.account.id)/hand-over")))</p>
            """)
    }

    static var example: HandedOverPage {
        HandedOverPage(principal: .example, member: .example, outcomes: [
            .init(what: "“Introduction” is switched off."),
            .init(what: "The meeting with Yuko goes to Bob.", refusal: "Bob is busy."),
        ])
    }
}

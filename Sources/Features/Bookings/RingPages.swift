/// The pages of calls: the one a visitor waits on, and what rings for a host.
import Database
import Scheduling
import Web

/// `/book/<slug>/rings/<token>`.
package struct WaitPage: Page {
    let link: Link
    let ring: Ring
    let workspaceName: WorkspaceName
    let now: Instant
    /// That of the address.
    let token: String
    /// The pass of a link with a code, and what was typed, sealed: for the addresses that lead on.
    var pass: [(String, String)] = []
    var kept: [(String, String)] = []
    var filled = Filled.empty

    var path: Path { Path("/book/\(link.rules.slug)/rings/\(token)").adding(query: pass) }
    private var hidden: HTML { HTML(pass.map { Components.hidden($0.0, $0.1) }) }
    private var isRinging: Bool { ring.isAwaited(now: now) }

    package var html: HTML {
        // Without script the page comes again by itself; with it, `ring.js` asks.
        let refresh: HTML = "<noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>"
        let again = isRinging ? refresh : .empty
        return Layout.publicPage(
            title: plain("Talk now: \(link.rules.title)"), workspaceName: workspaceName, shape: .book,
            head: again, foot: FindPage.foot(link), """
                \(LinkIntroduction(link: link, facts: LinkIntroduction.facts(link)).html)\
                <div class="picker"><section aria-labelledby="call"\(if: isRinging, then: " data-ring")>\
                <div class="stack">\(isRinging ? calling : over)</div></section></div>
                """)
    }

    private var calling: HTML {
        let (left, asked) = (max(1, Int(ring.expires - now)), ring.hosts.values.count { !$0 })
        return """
            <h2 id="call">\(say("Calling"))</h2>\
            <p role="status">\(say("\(asked)|one:One person hears it ring.|other:%1 people hear it ring."))</p>\
            <p class="meta second">\(say("""
                \(left)|one:It rings for one more second. Keep this page open.|other:It rings for %1 more seconds. \
                Keep this page open.
                """))</p>\
            \(Components.form(
                action: Path("/book/\(link.rules.slug)/rings/\(token)/cancellation"),
                "\(hidden)<p>\(Components.button(plain("Stop calling")))</p>"))
            """
    }

    private var over: HTML {
        let known = kept + pass
        let (times, again) = (link.path.adding(query: known), Path("/book/\(link.rules.slug)/now").adding(query: known))
        let words = ring.state == .cancelled ? plain("The call has ended")
            : ring.state == .missed ? plain("Nobody is free right now") : plain("Nobody could answer")
        // A page that is loaded anew was left as well.
        let next = ring.state == .cancelled
            ? say("You stopped it, or left this page. Call again, pick a time, or write a few words.")
            : say("Pick a time instead, or write a few words: whoever is back first answers.")
        return """
            <h2 id="call">\(words)</h2>\
            <p>\(next)</p>\
            <p class="line">\(Components.link(plain("Pick a time"), to: times, .primary))\
            \(Components.link(plain("Call again"), to: again, .quiet))</p>\(message)
            """
    }

    private var message: HTML {
        guard ring.message.isEmpty else {
            let email = ring.wish.attendee.email
            return Components.banner(.notes, say("Your message is on its way. They answer to \(email)."))
        }
        return Components.form(action: Path("/book/\(link.rules.slug)/rings/\(token)/message"), """
            \(hidden)\(Components.mistakes(filled))\
            \(Components.textarea("message", plain("Message"), in: filled))\
            <p>\(Components.button(plain("Send message")))</p>
            """)
    }

    package static var example: WaitPage {
        var link = Link.example
        link.rules.kind = .instant
        let attendee = Attendee(name: "Sam", email: "sam@example.org", zone: "UTC", language: "en")
        let ring = Ring(
            id: ID(milliseconds: 1, random: [UInt8](repeating: 1, count: 10)), link: link.id,
            wish: RingWish(attendee: attendee, location: link.rules.firstLocation), state: .missed,
            createdAt: Picker.example.now, expires: Picker.example.now, hosts: [:])
        return WaitPage(
            link: link, ring: ring, workspaceName: "Nordhavn Instruments", now: Picker.example.now,
            token: "example")
    }
}

/// A call as a host reads it.
package struct RingRow: Sendable {
    let id: ID<Ring>
    let name: String
    let title: String
    let answers: [Answered]

    /// What rings for somebody now.
    package static func load(
        _ user: ID<User>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [RingRow] {
        let rings = try RingStore.ringing(user, now: now, scope: scope, in: tx)
        let links = try LinkStore.find(Set(rings.map(\.link)), scope: scope, in: tx)
        return rings.map { ring in
            RingRow(
                id: ring.id, name: ring.wish.attendee.name, title: links[ring.link]?.rules.title ?? "",
                answers: ring.wish.answers)
        }
    }
}

/// What rings, with its two answers; above the overview, and on a page of its own. `ring.js` keeps it as it is now.
package struct RingPart: Sendable {
    let principal: Principal
    let rows: [RingRow]

    package init(_ principal: Principal, _ rows: [RingRow]) { (self.principal, self.rows) = (principal, rows) }

    package var html: HTML {
        "<div class=\"stack near\" data-rings aria-live=\"polite\">\(each: rows, row)</div>"
    }

    private func row(_ row: RingRow) -> HTML {
        let (name, title): (HTML, HTML) = ("<bdi>\(row.name)</bdi>", "<bdi>\(row.title)</bdi>")
        let answers = row.answers.map { answer -> HTML in
            let value = String(answer.words.prefix(300))
            return "<br><span class=\"meta second\"><bdi>\(answer.label)</bdi> <bdi>\(value)</bdi></span>"
        }
        let forms: HTML = """
            \(Components.form(
                action: Path("/calendar/rings/\(row.id)/acceptance"), csrf: principal,
                Components.button(plain("Accept \(row.name)"), .primary)))\
            \(Components.form(action: Path("/calendar/rings/\(row.id)/pass"), csrf: principal,
                              Components.button(plain("Pass"), .quiet)))
            """
        return """
            <div class="banner">\(Components.icon(.phone))\
            <p>\(say("\(name) wants to talk now: \(title)"))\(each: answers, { $0 })</p>\
            <div class="actions">\(forms)</div></div>
            """
    }
}

/// `/calendar/rings`.
package struct RingsPage: Page {
    let principal: Principal
    let rows: [RingRow]
    /// Why a call was not this host's to take.
    var refused: String?

    package var html: HTML {
        Layout.app(title: plain("Calls"), tab: .overview, principal, """
            \(Components.pageHead(plain("Calls"), say("Who wants to talk now. The first to accept meets them.")))\
            \(refused.map { Components.banner(.fails, "\($0)", isMet: true) })\(RingPart(principal, rows).html)\
            \(if: rows.isEmpty, then: "<p class=\"second\">\(say("Nobody is calling."))</p>")\
            <p>\(Components.link(plain("Look again"), to: "/calendar/rings"))</p>
            """)
    }

    package static var example: RingsPage {
        let id: ID<Ring> = ID(milliseconds: 1, random: [UInt8](repeating: 1, count: 10))
        return RingsPage(principal: .example, rows: [
            RingRow(id: id, name: "Sam", title: Link.example.rules.title, answers: []),
        ])
    }
}

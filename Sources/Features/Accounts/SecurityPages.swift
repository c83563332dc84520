/// `/settings/security`: the browsers somebody is signed in with, the password, and their workspaces.
import Scheduling
import Web

struct SecurityPage: Page {
    /// What has just been done.
    enum Notice: String {
        case password, ended

        var words: HTML {
            switch self {
            case .password: say("Your password is changed. Every other browser is signed out.")
            case .ended: say("Signed out there.")
            }
        }
    }

    let principal: Principal
    let sessions: [Session]
    let places: [Member]
    let zone: Zone
    let clock: HourClock
    var form = Filled.empty
    var refusal: String?
    var notice: Notice?

    static var example: SecurityPage {
        var session = Session(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 4, count: 10)),
            createdAt: Instant(1_795_000_000), seenAt: Instant(1_795_000_000), expiresAt: Instant(1_796_000_000))
        session.userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        session.network = "192.0.2.0/24"
        return SecurityPage(
            principal: .example, sessions: [session], places: [], zone: .utc, clock: .twentyFour)
    }

    var html: HTML {
        Layout.app(title: plain("Security"), tab: .security, principal, """
            \(notice.map { Components.banner(.notes, $0.words) })\
            \(refusal.map { Components.banner(.fails, "\($0)") })\
            \(Components.pageHead(plain("Security"), answer))\(Components.mistakes(form))
            \(signedIn)\(password)\(if: places.count > 1, then: workspaces)
            """)
    }

    private var answer: HTML {
        say("\(sessions.count)|one:You are signed in with this browser alone.|other:You are signed in %1 times.")
    }

    private var signedIn: HTML {
        """
        <section class="stack" aria-labelledby="sessions">\
        \(Components.sectionHead(plain("Where you are signed in"), id: "sessions"))\
        <ul class="rows" role="list">\(each: sessions, row)</ul>\
        \(if: sessions.count > 1, then: """
            <form method="post" action="/settings/security/other-sessions/end">\(Components.csrf(principal))\
            \(Components.button(plain("Sign out everywhere else")))</form>
            """)</section>
        """
    }

    private func row(_ session: Session) -> HTML {
        let isThis = session.id.text == principal.sessionID
        let local = zone.local(at: session.seenAt)
        let browser = Browsers.words(session.userAgent)
        let name = browser.isEmpty ? plain("A browser") : browser
        let seen = plain("Last seen \(local.date.shortDayWords), \(local.words(clock))")
        return """
            <li class="row"><p><b>\(name)</b>\
            \(if: isThis, then: " <span class=\"third\">\(say("this browser"))</span>")<br>\
            <span class="third">\(seen)\(if: !session.network.isEmpty, then: " · \(session.network)")</span></p>\
            \(if: !isThis, then: end(session, name))</li>
            """
    }

    private func end(_ session: Session, _ name: String) -> HTML {
        """
        <form method="post" action="\(Path("/settings/security/sessions/\(session.id)/end"))">\
        \(Components.csrf(principal))<button class="button quiet danger" \
        aria-label="\(plain("Sign out: \(name)"))">\(say("Sign out"))</button></form>
        """
    }

    private var password: HTML {
        """
        <section class="stack" aria-labelledby="password">\(Components.sectionHead(plain("Password"), id: "password"))\
        \(Components.form(action: "/settings/security/password", csrf: principal, """
            \(Components.field("current", plain("Password now"), in: form, typing: .password,
                               autocomplete: "current-password"))\
            \(Components.field("password", plain("New password"), in: form, typing: .password,
                               hint: say("At least 8 characters. Three or four words in a row are a good one."),
                               autocomplete: "new-password"))\
            <div>\(Components.button(plain("Change the password"), .primary))</div>
            """))</section>
        """
    }

    private var workspaces: HTML {
        """
        <section class="stack" aria-labelledby="places">\
        \(Components.sectionHead(plain("Your workspaces"), id: "places"))\
        <ul class="rows" role="list">\(each: places, place)</ul></section>
        """
    }

    private func place(_ place: Member) -> HTML {
        let isHere = place.workspace == principal.workspace
        return """
            <li class="row"><p><b><bdi>\(place.workspaceName)</bdi></b> \
            <span class="third">\(place.role.words)\(if: isHere, then: " · \(say("you are here"))")</span></p>\
            \(if: !isHere, then: """
                <form method="post" action="\(Path("/settings/security/workspaces/\(place.workspace)/entry"))">\
                \(Components.csrf(principal))<button class="button" \
                aria-label="\(plain("Go to \(place.workspaceName)"))">\(say("Go there"))</button></form>
                """)</li>
            """
    }
}

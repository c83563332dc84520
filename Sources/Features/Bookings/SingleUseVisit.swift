/// The pages of a link under the address of a single-use link, and what is said once it is over.
import Database
import Scheduling
import Web

/// From the token of a single-use link to the link it is of.
struct OpenSingleUse: Sendable {
    struct Found: Sendable {
        let one: SingleUse
        /// As it is served under the token.
        let link: Link
        let scope: Scope
        /// Why nothing can be booked; nil where it can be.
        let refusal: SingleUseRefusal?
    }

    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// - Throws: `SingleUseRefusal.unknown` where there is none, or where its link is gone.
    func callAsFunction(_ token: String) async throws -> Found {
        guard let found = try await LookUps(database: installation.database).singleUse(token: token) else {
            throw SingleUseRefusal.unknown
        }
        let (scope, now) = (Scope(workspace: found.workspace, actor: .visitor), installation.world.now)
        return try await installation.database.read(scope) { tx in
            guard let one = try SingleUseStore.find(found.one, scope: scope, in: tx),
                let link = try LinkStore.find(one.link, scope: scope, in: tx), link.deletedAt == nil
            else { throw SingleUseRefusal.unknown }
            return Found(
                one: one, link: one.serving(link, token: token), scope: scope,
                refusal: try one.refusal(link, now: now, scope: scope, in: tx))
        }
    }
}

extension SingleUse {
    /// Why nothing can be booked with it now; its own end is said before that of its link.
    func refusal(_ link: Link, now: Instant, scope: Scope, in tx: Transaction) throws -> SingleUseRefusal? {
        do throws(SingleUseRefusal) { try checkOpen(now: now) } catch { return error }
        do {
            try link.checkOpen(now: now, scope: scope, in: tx)
            return nil
        } catch is LinkRefusal {
            return .closed
        }
    }

    /// What stands in the details' form before anybody typed.
    var prefilled: [String: String] {
        Dictionary(answers.flatMap(\.formValues)) { first, _ in first }
    }
}

extension BookingRequest {
    /// The single-use link it uses up, read under the lock of its link's row: of all who press at once one goes on.
    /// - Throws: ``SingleUseRefusal`` for all others.
    func singleUse(of link: Link, now: Instant, scope: Scope, in tx: Transaction) throws -> SingleUse? {
        guard let id = singleUse else { return nil }
        guard let one = try SingleUseStore.find(id, scope: scope, in: tx), one.link == link.id else {
            throw SingleUseRefusal.unknown
        }
        try one.checkOpen(now: now)
        return one
    }
}

extension BookingRoutes {
    /// The same pages as a link's own, under the token of one person.
    var singleUseRoutes: [Route] {
        [
            Route(.get, "/single-use/:single", .token, givenMonth),
            Route(.post, "/single-use/:single/holds", .token, pick),
            Route(.post, "/single-use/:single/holds/extension", .token, keep),
            Route(.post, "/single-use/:single/times", .token, back),
            Route(.get, "/single-use/:single/details", .token, details),
            Route(.post, "/single-use/:single/bookings", .token, bodyLimit: AnswerFile.bodyBytes,
                  uploads: AnswerFile.limits, place: AnswerDrafts(installation), before: askedFiles, book),
            Route(.get, "/single-use/:single/booked", .token, booked),
        ]
    }

    private func givenMonth(_ request: Request) async throws -> Answer {
        try await visiting(request, request.query) { visit in
            guard let start = visit.ask.start, request.query["day"] == nil else { return try await page(visit) }
            return try await straight(to: start, visit)
        }
    }

    /// A visitor with the token of a single-use link. Whose form led to the booking sees that booking.
    func given(
        _ token: String, _ request: Request, _ data: FormData, _ answer: (Visit) async throws -> Answer
    ) async throws -> Answer {
        let found = try await OpenSingleUse(installation)(token)
        return try await found.link.spoken(among: installation.languages, for: data) {
            try await framing(request, data, found.link) {
                do {
                    var ask = PickerAsk(data, zones: installation.world.zones, now: installation.world.now)
                    if let refusal = found.refusal {
                        let form = FormToken(data["form"], keyring: installation.keyring)
                        if let form, let booked = try await alreadyBooked(
                            form, on: found.link, clock: ask.clock, scope: found.scope) { return .redirect(booked) }
                        throw refusal
                    }
                    if found.link.rules.look.locksZone { (ask.zone, ask.choosesZone) = (nil, false) }
                    var visit = Visit(
                        link: found.link, scope: found.scope, carried: Carried(data, link: found.link), ask: ask)
                    visit.singleUse = found.one
                    try await visit.choose(ChooseHost(installation))
                    if let pinned = found.one.pinned(on: found.link) { visit.ask.host = pinned }
                    return try await answer(visit)
                } catch let refusal as SingleUseRefusal {
                    return try await over(found, refusal)
                }
            }
        }
    }

    private func over(_ found: OpenSingleUse.Found, _ refusal: SingleUseRefusal) async throws -> Answer {
        let (scope, now) = (found.scope, installation.world.now)
        let (name, link) = try await installation.database.read(scope) { tx in
            let link = try LinkStore.find(found.link.id, scope: scope, in: tx)
            let isOpen = try link.map { try found.one.isPublic($0, now: now, scope: scope, in: tx) } ?? false
            return (try LinkStore.workspaceName(scope: scope, in: tx), isOpen ? link : nil)
        }
        return .page(
            SingleUseOverPage(link: found.link, onward: link, workspaceName: name, refusal: refusal).html,
            status: refusal.status)
    }
}

extension SingleUse {
    /// Whether whoever comes too late can book the link itself: everybody may know its page.
    fileprivate func isPublic(_ link: Link, now: Instant, scope: Scope, in tx: Transaction) throws -> Bool {
        guard !link.rules.access.hidden, link.rules.access.code == nil else { return false }
        do {
            try link.checkOpen(now: now, scope: scope, in: tx)
            return true
        } catch is LinkRefusal {
            return false
        }
    }
}

/// `/single-use/<token>` once nothing can be booked with it.
package struct SingleUseOverPage: Page {
    let link: Link
    /// The link's own page, where everybody may book.
    let onward: Link?
    let workspaceName: WorkspaceName
    let refusal: SingleUseRefusal

    package var html: HTML {
        let host: HTML = "<bdi>\(link.hostWords)</bdi>"
        return Layout.publicPage(
            title: title, workspaceName: workspaceName, shape: .slim,
            head: "<meta name=\"robots\" content=\"noindex\">\n", foot: FindPage.foot(link), """
            <header class="stack near"><h1 class="display">\(title)</h1>\
            <p class="second lead">\(refusal.message)</p></header>\
            \(onward.map { link in """
                <p class="line">\(Components.link(plain("See other free times"), to: link.path, .primary))</p>
                """ as HTML })\
            <p class="second">\(say("Questions? Ask \(host)."))</p>
            """)
    }

    private var title: String {
        switch refusal {
        case .used: plain("This address is used")
        case .expired: plain("This address is over")
        default: plain("Nothing can be booked here")
        }
    }

    package static var example: SingleUseOverPage {
        SingleUseOverPage(
            link: SingleUse.example.serving(.example, token: "example"), onward: .example,
            workspaceName: "Nordhavn Instruments", refusal: .used)
    }
}

extension BookingRoutes.Visit {
    /// The contact's own address is the host's word: nobody is asked whether it was mistyped.
    func hints(_ data: FormData, email: String) -> AddressHints {
        var hints = AddressHints(data, email: email)
        if singleUse?.isContact(email) == true { hints.attendee = nil }
        return hints
    }
}

extension DetailsPage {
    /// For whom it is, which nobody types; and the way for somebody else, about whom the host decides.
    func bound(to contact: SingleUse) -> HTML {
        var typed = filled
        if contact.isContact(filled["attendee.email"]) {
            (typed.values["attendee.name"], typed.values["attendee.email"]) = (nil, nil)
        }
        let names = ["attendee.name", "attendee.email"]
        let isOpen = names.contains { !typed[$0].isEmpty || typed.error($0) != nil }
        let name: HTML = "<b><bdi>\(contact.name)</bdi></b>"
        let email: HTML = "<bdi dir=\"ltr\">\(contact.email)</bdi>"
        return """
            <p>\(say("For \(name), \(email)"))</p>\
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.user))\(say("Somebody else comes"))</summary><div class="stack">\
            <p class="hint">\(say("""
                This address was made for one person. For anybody else the host is asked first; the time is kept \
                meanwhile.
                """))</p><div class="two">\
            \(Components.field("attendee.name", plain("Name"), in: typed, optional: plain("optional")))\
            <div class="stack near">\
            \(Components.field("attendee.email", plain("E-mail"), in: typed, typing: .email,
                               optional: plain("optional")))\
            \(hints.attendee?.html(typed: typed["attendee.email"]))</div></div></div></details>
            """
    }
}

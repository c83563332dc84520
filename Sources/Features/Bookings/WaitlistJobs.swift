/// What follows from waiting: a mail for each step, a look at the link when something is free, and every few minutes.
import Capabilities
import Database
import Scheduling
import Web

package enum WaitlistJobs {
    package static let mail = "waitlist_mail"
    /// Runs ``OfferPlaces``.
    package static let look = "waitlist_look"

    /// Seconds between two looks at a link on which somebody waits: what nobody told of is found then.
    static let pulse: Int64 = 300
    /// Seconds for which freed time is kept back until the look that offers it.
    static let keptBack: Int64 = 120

    /// Plans the mail about how an entry stands; `again` for somebody who asks anew, at most once an hour.
    static func mail(
        _ entry: WaitlistEntry, again: Bool = false, world: World, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let occasion = again ? "again|\(now.seconds / 3_600)" : String(entry.version)
        let job = NewJob(
            kind: mail, workspace: scope.workspace, subject: entry.id.text, version: entry.version,
            payload: JSON.object([("again", .bool(again))]).text, dedupeKey: "\(mail)|\(entry.id)|\(occasion)",
            ordering: "\(mail)|\(entry.id)", runAt: now, notAfter: entry.offer?.until ?? entry.target.span.end)
        try tx.enqueue(job, now: now, id: world.id())
    }

    /// Plans a look at a link.
    /// - Parameter cause: what makes it one look; without one there is one for each instant.
    static func look(
        at link: ID<Link>, on instant: Instant, because cause: String = "time", world: World, now: Instant,
        scope: Scope, in tx: Transaction
    ) throws {
        let job = NewJob(
            kind: look, workspace: scope.workspace, subject: link.text, version: 1,
            dedupeKey: "\(look)|\(link)|\(cause)|\(instant.seconds)", ordering: "\(look)|\(link)", runAt: instant)
        try tx.enqueue(job, now: now, id: world.id())
    }

    /// Plans the next of the regular looks.
    static func lookAgain(
        at link: ID<Link>, world: World, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let next = Instant((now.seconds / pulse + 1) * pulse)
        try look(at: link, on: next, world: world, now: now, scope: scope, in: tx)
    }

    /// Makes sure that every link on which somebody waits is looked at, whatever became of its jobs.
    package static func sweep(world: World, now: Instant, in tx: Transaction) throws {
        for (workspace, link) in try WaitlistStore.allLinks(in: tx) {
            let scope = Scope(workspace: workspace, actor: .system)
            try lookAgain(at: link, world: world, now: now, scope: scope, in: tx)
        }
    }
}

/// Somebody's time is free again: whoever waits for it is next.
struct FreedTime: Sendable {
    let installation: Installation
    let now: Instant
    let scope: Scope

    init(_ installation: Installation, now: Instant, scope: Scope) {
        (self.installation, self.now, self.scope) = (installation, now, scope)
    }

    /// In the transaction that freed what a booking had, its hosts locked: plans the looks at all links that want time
    /// of its hosts. What somebody waits for on the booking's own link is kept back from everybody else for as long as
    /// such a look takes to come.
    /// - Parameter seats: how many places of a session became free.
    func by(_ before: Booking, seats: Int? = nil, link: Link, in tx: Transaction) throws {
        let state = before.state
        guard now < state.starts else { return }
        try before.leaveSheet(installation, now: now, scope: scope, in: tx)
        let links = try look(for: before.hosts, because: "\(before.id)|\(state.version)", in: tx)
        guard links.contains(link.id) else { return }
        let line = try WaitlistStore.waiting(for: state.starts, of: link.id, scope: scope, in: tx)
        let offered = Set(line.compactMap(\.offer?.hold))
        // Who left a moment ago may have left enough for all who wait.
        let kept = try BookingTokenStore.waiting(of: link.id, scope: scope, in: tx)
            .count { $0.starts == state.starts && $0.expires > now && !offered.contains($0.id) }
        let free = before.session == nil ? 1 : seats ?? before.seats
        let missing = line.count { $0.state == .waiting } - kept
        for place in 0..<max(0, min(missing, free)) { try keepBack(place, of: before, link: link, in: tx) }
    }

    /// Plans the looks at all links that want time of these hosts.
    func look(for hosts: [LinkHost], because cause: String, in tx: Transaction) throws -> [ID<Link>] {
        let links = try WaitlistStore.links(waitingFor: hosts.map(\.id), scope: scope, in: tx)
        for link in links {
            try WaitlistJobs.look(
                at: link, on: now, because: cause, world: installation.world, now: now, scope: scope, in: tx)
        }
        return links
    }

    private func keepBack(_ place: Int, of before: Booking, link: Link, in tx: Transaction) throws {
        let (world, state) = (installation.world, before.state)
        let session = try before.session.flatMap { try SeatStore.find($0, now: now, scope: scope, in: tx) }
        if session?.closedAt != nil || session == nil {
            // A move over its own old time, or a wish whose confirmed time stays: not all of it is free.
            let others = try Seating.claims(
                near: link.rules.taken(from: state.starts, to: state.ends), of: before.hosts, before.resources, link,
                now: now, in: tx)
            guard others.isEmpty else { return }
        }
        var hold = Hold(
            id: world.id(), link: link.id, starts: state.starts, ends: state.ends,
            expires: now.adding(seconds: WaitlistJobs.keptBack))
        hold.waits = true
        // Nobody knows its token: it is nobody's.
        try BookingTokenStore.insert(
            hold, visitor: sha256(Array("\(before.id)|\(state.version)|\(place)".utf8)), client: nil,
            tokenHash: sha256(Array(world.token().utf8)), now: now, scope: scope, in: tx)
        try Seating(installation, link, now: now, scope: scope)
            .take(hold, hosts: before.hosts, resources: before.resources, in: tx)
    }
}

/// The work of `WaitlistJobs.look`.
package struct LookAtWaitlist: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let link = ID<Link>(job.subject) else {
            return .dead("unreadable payload")
        }
        try await OfferPlaces(installation)(link, scope: Scope(workspace: workspace, actor: .system))
        return .done
    }
}

/// The work of `WaitlistJobs.mail`: tells how the entry stands when it is sent.
package struct SendWaitlistMail: Sendable {
    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        (self.installation, self.mail) = (installation, mail)
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<WaitlistEntry>(job.subject),
            let payload = try? JSON(reading: Array(job.payload.utf8))
        else { return .dead("unreadable payload") }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let found = try await installation.database.read(scope) { tx in
            try WaitingPerson.load(id, installation, scope: scope, in: tx)
        }
        guard let person = found, person.entry.isOpen, !person.entry.hasPassed(now) else { return .skipped("over") }
        let isAgain = payload["again"]?.bool ?? false
        guard isAgain || person.entry.version == job.version else { return .skipped("it stands otherwise by now") }
        guard person.entry.offer.map({ now < $0.until }) ?? true else { return .skipped("lapsed") }
        guard let token = person.token else { return .dead("the token cannot be opened") }
        return try await JobOutcome.mailing(now: now) {
            let message = try Language.$current.withValue(installation.language(person.entry.language)) {
                try WaitlistLetter.outgoing(
                    person.facts(url: installation.url(Path("/book/waitlist/\(token)"))),
                    occasion: isAgain ? "\(id)-\(job.version)-\(job.id)" : "\(id)-\(job.version)", now: now,
                    mailFrom: installation.mailFrom)
            }
            CrashPoint.reach("waitlist_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("waitlist_mail.after_send")
            return .done
        }
    }
}

/// An entry with all that its mails and its page tell of it.
struct WaitingPerson: Sendable {
    let entry: WaitlistEntry
    let link: Link
    let workspaceName: WorkspaceName
    /// Their place in the line for what they want, from 1.
    let place: Int
    let zone: Zone
    /// Nil when the key file is another.
    let token: String?

    static func load(
        _ id: ID<WaitlistEntry>, _ installation: Installation, scope: Scope, in tx: Transaction
    ) throws -> WaitingPerson? {
        guard let entry = try WaitlistStore.find(id, scope: scope, in: tx),
            let link = try LinkStore.find(entry.link, scope: scope, in: tx)
        else { return nil }
        let span = entry.target.span
        let before = try WaitlistStore.open(of: entry.link, scope: scope, in: tx).prefix { $0.id != id }
            .filter { $0.target.span.start < span.end && span.start < $0.target.span.end }
        return WaitingPerson(
            entry: entry, link: link, workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
            place: before.count + 1, zone: installation.world.zones.zone(entry.zone) ?? .utc,
            token: try WaitlistStore.token(of: id, keyring: installation.keyring, scope: scope, in: tx))
    }

    func facts(url: String) -> WaitlistLetter.Facts {
        let ends = entry.offer.map { $0.start.adding(minutes: entry.minutes) }
        return WaitlistLetter.Facts(
            to: entry.email, name: entry.name, title: link.rules.title, host: link.hostWords,
            workspaceName: workspaceName, target: entry.target.words(in: zone), place: place,
            offer: entry.offer.flatMap { offer in ends.map { Span(start: offer.start, end: $0) } },
            until: entry.offer?.until, zone: zone, url: url)
    }
}

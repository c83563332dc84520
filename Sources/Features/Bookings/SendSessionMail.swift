/// Sends a host the one event of a session, as it stands when the mail goes out.
import Capabilities
import Database
import Scheduling
import Web

package struct SendSessionMail: Sendable {
    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<GroupSession>(job.subject),
            let payload = try? JSON(reading: Array(job.payload.utf8)), let recipient = payload["recipient"]?.string
        else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        let about = payload["booking"]?.string.flatMap(ID<Booking>.init)
        guard let told = try await told(id, about: about, by: payload["deputy"], scope: scope) else {
            return .dead("no such session")
        }
        guard told.session.version == job.version else { return .skipped("changed since") }
        guard let host = told.session.hosts.first(where: { $0.id.text == recipient }) else {
            return .skipped("no recipient")
        }
        if told.wishes[host.id]?.mutes(told.news) ?? false { return .skipped("muted by its recipient") }
        return try await JobOutcome.mailing(now: installation.world.now) {
            let message = try SessionMail.outgoing(told.facts(for: host, installation))
            return try await SendBookingMail(installation, mail: mail).send(
                message, told.news.rawValue, to: recipient, job, scope: scope)
        }
    }

    private func told(
        _ id: ID<GroupSession>, about booking: ID<Booking>?, by deputy: JSON?, scope: Scope
    ) async throws -> TellableSession? {
        let now = installation.world.now
        return try await installation.database.read(scope) { tx in
            guard let session = try SeatStore.find(id, now: now, scope: scope, in: tx),
                let link = try LinkStore.find(session.link, scope: scope, in: tx)
            else { return nil }
            let ids = try SeatStore.bookings(of: id, scope: scope, in: tx)
            let all = try BookingStore.all(ids, scope: scope, in: tx)
            var told = TellableSession(
                session: session, link: link, bookings: all.filter { !$0.isWaiting },
                isAskedFor: all.contains(where: \.isWaiting),
                workspaceName: try LinkStore.workspaceName(scope: scope, in: tx))
            told.about = try booking.flatMap { try BookingStore.find($0, scope: scope, in: tx) }
            told.deputy = try BookingMailFacts.Deputy(deputy, tx)
            for host in session.hosts { told.wishes[host.id] = try ProfileStore.find(host.id, in: tx)?.wish }
            return told
        }
    }
}

/// A session with all that a mail about it says.
private struct TellableSession: Sendable {
    var session: GroupSession
    var link: Link
    /// Of those who come.
    var bookings: [Booking]
    /// Whether others ask for a place.
    var isAskedFor: Bool
    var workspaceName: WorkspaceName
    /// Whose coming or going it is.
    var about: Booking?
    /// Who did it in a host's place.
    var deputy: BookingMailFacts.Deputy?
    var wishes: [ID<User>: ProfileWish] = [:]

    /// As far as a host can mute it.
    var news: BookingNews {
        guard about != nil else { return bookings.isEmpty ? .cancelled : .moved }
        return isThere ? .booked : .cancelled
    }

    private var isThere: Bool { bookings.contains { $0.id == about?.id } }

    func facts(for host: LinkHost, _ installation: Installation) -> SessionMailFacts {
        var facts = SessionMailFacts(
            sessionID: session.id.text, uid: session.uid, sequence: session.sequence, version: session.version,
            title: link.rules.title, workspaceName: workspaceName, reader: person(host, installation),
            hosts: session.hosts.map { person($0, installation) },
            people: bookings.map { booking in
                .init(name: booking.attendee.name, email: booking.attendee.email, more: booking.guests.count)
            },
            taken: bookings.reduce(0) { $0 + $1.seats }, isAskedFor: isAskedFor,
            capacity: session.capacity, starts: session.starts, ends: session.ends,
            location: { [link] in link.rules.firstLocation.words },
            address: installation.url(Path("/calendar/sessions/\(session.id)")),
            news: about.map { isThere ? .joined($0.attendee.name) : .left($0.attendee.name) } ?? .changed,
            now: installation.world.now, mailFrom: installation.mailFrom)
        facts.deputy = deputy
        return facts
    }

    private func person(_ host: LinkHost, _ installation: Installation) -> BookingMailFacts.Person {
        let wish = wishes[host.id]
        return .init(
            id: host.id.text, name: host.name, email: host.email,
            zone: installation.world.zones.zone(host.zone) ?? .utc, clock: wish?.clock,
            language: installation.language(wish?.language))
    }
}

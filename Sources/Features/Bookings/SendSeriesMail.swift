/// Sends one planned mail about several bookings of a series: reads them again, and leaves out what is no longer so.
import Capabilities
import Database
import ICalendar
import Scheduling
import Web

package struct SendSeriesMail: Sendable {
    private let installation: Installation
    private let sending: SendBookingMail

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        sending = SendBookingMail(installation, mail: mail)
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let payload = try? JSON(reading: Array(job.payload.utf8)),
            let news = payload["news"]?.string.flatMap(BookingNews.init(rawValue:)),
            let recipient = payload["recipient"]?.string, let bookings = payload["bookings"]?.array
        else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        var all: [(told: TellableBooking, who: String)] = []
        for booking in bookings {
            guard let parts = booking.array, parts.count == 3, let id = parts[0].string.flatMap(ID<Booking>.init),
                let version = parts[1].int, let who = parts[2].string
            else { return .dead("unreadable payload") }
            // What has changed since has a mail of its own, for whoever is told of that.
            if var told = try await sending.told(id, scope: scope),
                told.booking.state.version == version || told.goBack(to: version, for: news, of: who) {
                all.append((told, who))
            }
        }
        guard let lead = all.first else { return .skipped("changed since") }
        if lead.told.wishes[lead.who]?.mutes(news) ?? false { return .skipped("muted by its recipient") }
        return try await JobOutcome.mailing(now: installation.world.now) {
            guard let message = try mail(news, about: all, to: recipient, job) else { return .skipped("no recipient") }
            return try await sending.send(message, news.rawValue, to: recipient, job, scope: scope)
        }
    }

    /// The mail about the first of them, with the times of all and one file for the calendar.
    private func mail(
        _ news: BookingNews, about all: [(told: TellableBooking, who: String)], to recipient: String, _ job: Job
    ) throws -> OutgoingMail? {
        guard var lead = all.first?.told, let who = all.first?.who else { return nil }
        lead.series = BookingMailFacts.Together(
            id: job.subject, occasion: String(job.version),
            meetings: all.map { told, _ in
                .init(starts: told.booking.state.starts, ends: told.booking.state.ends,
                      before: news == .moved ? told.history.last?.from : nil)
            })
        guard var message = try lead.mail(news, to: who, installation) else { return nil }
        // Two people may stand at one place of different meetings, and one at two: the job says whose mail it is.
        let name = "\(job.subject).\(job.version).\(recipient.replacing(".", with: "-"))".replacing("_", with: "-")
        message.messageID = "<\(name)\(message.messageID.drop { $0 != "@" })"
        // RFC 5546 lets a REQUEST carry one meeting alone: programs would take the first and drop the others. A
        // PUBLISH may carry many. Each keeps its own UID, so that a later mail about one of them changes that one.
        let events = try all.compactMap { told, who in try told.event(news, for: who, installation) }
        if !events.isEmpty {
            message.invitation = .init(method: "PUBLISH", text: CalendarEvent.publication(of: events))
        }
        return message
    }
}

extension TellableBooking {
    /// The meeting in the calendar of one of its people, as their own mail would have it.
    fileprivate func event(
        _ news: BookingNews, for recipient: String, _ installation: Installation
    ) throws -> CalendarEvent? {
        let party: BookingMailFacts.Party = recipient == "attendee" ? .attendee
            : recipient.hasPrefix("guest.") ? .guest : .host
        let host = booking.hosts.first { party != .host || $0.id.text == recipient }
        return host.flatMap { BookingMails.mail(news.mail, to: party, facts(news, host: $0, installation)).calendar }
    }
}

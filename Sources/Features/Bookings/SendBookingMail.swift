/// Sends one planned mail: reads the booking again, and says nothing about what is no longer so.
import Capabilities
import Database
import ICalendar
import Scheduling
import Web

package struct SendBookingMail: Sendable {
    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        self.installation = installation
        self.mail = mail
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<Booking>(job.subject),
            let payload = try? JSON(reading: Array(job.payload.utf8)),
            let news = payload["news"]?.string.flatMap(BookingNews.init(rawValue:)),
            let recipient = payload["recipient"]?.string
        else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        guard var told = try await told(id, scope: scope) else { return .dead("no such booking") }
        let certain = told.certain
        if recipient == "former" { return try await tellFormer(certain, job, scope: scope) }
        if recipient.hasPrefix("left.") { return try await tellLeft(certain, recipient, job, scope: scope) }
        if recipient.hasPrefix("removed.") {
            return try await tellRemoved(certain, payload["sealed"]?.string, as: recipient, job, scope: scope)
        }
        guard told.booking.state.version == job.version || told.goBack(to: job.version, for: news, of: recipient)
            || told.isOfSameWish(news, to: recipient, since: job.version)
        else {
            return .skipped(told.booking.state.status == .cancelled ? "cancelled" : "moved")
        }
        told.asked = job.id.text
        if news == .asked || news == .reminder {
            told.decide = try await decide(of: told.booking, recipient, scope: scope)
        }
        if told.wishes[recipient]?.mutes(news) ?? false { return .skipped("muted by its recipient") }
        let message: OutgoingMail
        do {
            guard let built = try told.mail(news, to: recipient, installation) else { return .skipped("no recipient") }
            message = built
        } catch let problem as AddressProblem {
            return .dead("address: \(problem)")
        }
        return try await send(message, news.rawValue, to: recipient, job, scope: scope)
    }

    /// Sends it unless the server has taken it before, and notes that it has.
    func send(
        _ message: OutgoingMail, _ news: String, to recipient: String, _ job: Job, about subject: String? = nil,
        scope: Scope
    ) async throws -> JobOutcome {
        let key = message.messageID
        let isTaken = try await installation.database.read(scope) { tx in
            try EffectStore.isAccepted(.mail, key: key, scope: scope, in: tx)
        }
        guard !isTaken else { return .skipped("accepted before") }
        CrashPoint.reach("mail.before_send", about: message.to.address.description)
        let receipt: Receipt
        do throws(ProviderError) {
            receipt = try await mail.send(message)
        } catch {
            return error.outcome(now: installation.world.now)
        }
        CrashPoint.reach("mail.after_send")
        let effect = Effect(
            .mail, of: subject ?? job.subject, version: job.version, news: news, to: recipient, key: key,
            note: receipt.note, acceptedAt: installation.world.now)
        try await installation.database.write(scope) { tx in try EffectStore.record(effect, scope: scope, in: tx) }
        return .done
    }

    /// A CANCEL to a guest who was taken off, whatever happened since; none to somebody who is a guest again.
    private func tellRemoved(
        _ told: TellableBooking, _ sealed: String?, as recipient: String, _ job: Job, scope: Scope
    ) async throws -> JobOutcome {
        guard let guest = Uninvited(sealed, of: told.booking.id, installation.keyring) else {
            return .dead("unreadable payload")
        }
        guard !told.booking.guests.contains(where: { $0.lowercased() == guest.email.lowercased() }) else {
            return .skipped("a guest again")
        }
        return try await JobOutcome.mailing(now: installation.world.now) {
            let name = "\(recipient)-\(job.version)"
            guard let message = try told.mail(toRemoved: guest, as: name, installation) else {
                return .skipped("no recipient")
            }
            return try await send(message, BookingNews.cancelled.rawValue, to: recipient, job, scope: scope)
        }
    }

    /// A CANCEL to a host whose meeting was given to another one; none to somebody who is its host again.
    private func tellLeft(
        _ told: TellableBooking, _ recipient: String, _ job: Job, scope: Scope
    ) async throws -> JobOutcome {
        guard let id = ID<User>(String(recipient.dropFirst("left.".count))) else { return .dead("unreadable payload") }
        guard !told.booking.hosts.contains(where: { $0.id == id }) else { return .skipped("its host again") }
        let found = try await installation.database.read(scope) { tx in
            try (LinkHostStore.former(id, scope: scope, in: tx), ProfileStore.find(id, in: tx)?.wish,
                 AssignmentStore.current(of: told.booking.id, scope: scope, in: tx)?.host)
        }
        guard let host = found.0 else { return .skipped("no recipient") }
        var told = told
        told.wishes[id.text] = found.1
        return try await JobOutcome.mailing(now: installation.world.now) {
            let heir = told.booking.hosts.first { $0.id == found.2 }
            let message = try told.mail(toFormer: host, heir: heir, version: job.version, installation)
            return try await send(message, BookingNews.cancelled.rawValue, to: recipient, job, scope: scope)
        }
    }

    /// A CANCEL without details to an address that was none of the attendee's, whatever happened since.
    private func tellFormer(_ told: TellableBooking, _ job: Job, scope: Scope) async throws -> JobOutcome {
        let former = try await installation.database.read(scope) { tx in
            try CorrectionStore.former(of: told.booking.id, version: job.version, scope: scope, in: tx)
        }
        guard let former, former != told.booking.attendee.email else { return .skipped("corrected back") }
        guard told.isKnownToCalendars else { return .skipped("nothing was confirmed") }
        return try await JobOutcome.mailing(now: installation.world.now) {
            let mail = try told.recall(from: former, version: job.version, installation)
            return try await send(mail, BookingNews.corrected.rawValue, to: "former", job, scope: scope)
        }
    }

    /// The address at which a host decides.
    private func decide(of booking: Booking, _ recipient: String, scope: Scope) async throws -> String? {
        guard let host = ID<User>(recipient) else { return nil }
        let keyring = installation.keyring
        let token = try await installation.database.read(scope) { tx in
            try ApprovalStore.current(of: booking.id, host: host, keyring: keyring, scope: scope, in: tx)
        }
        return token.map { installation.url(Path("/book/approve/\($0)")) }
    }

    func told(_ id: ID<Booking>, scope: Scope) async throws -> TellableBooking? {
        try await installation.database.read(scope) { tx in
            guard let booking = try BookingStore.find(id, scope: scope, in: tx),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { return nil }
            var wishes: [String: ProfileWish] = [:]
            for host in booking.hosts { wishes[host.id.text] = try ProfileStore.find(host.id, in: tx)?.wish }
            let history = try BookingStore.history(of: id, scope: scope, in: tx)
            return TellableBooking(
                booking: booking, link: link, wishes: wishes, history: history,
                deputies: try BookingMailFacts.Deputy.all(in: history, tx),
                token: try BookingTokenStore.current(of: id, keyring: installation.keyring, scope: scope, in: tx),
                bookerToken: booking.bookedBy == nil ? nil : try BookingTokenStore.current(
                    of: id, holder: .booker, keyring: installation.keyring, scope: scope, in: tx),
                workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                keptResources: try BookingResourceStore.kept(by: booking, scope: scope, in: tx))
        }
    }
}

/// A booking with all that a mail or a calendar file about it says.
struct TellableBooking: Sendable {
    var booking: Booking
    var link: Link
    /// How each host wants to be told, by their ids.
    var wishes: [String: ProfileWish] = [:]
    var history: [BookingRecord]
    /// Who acted in a host's place, by the version they made.
    var deputies: [Int: BookingMailFacts.Deputy] = [:]
    var token: String?
    /// That of who booked for the attendee.
    var bookerToken: String?
    var workspaceName: WorkspaceName
    /// While another time is asked for: what it has beside its hosts at the one that is confirmed.
    var keptResources: [BookableResource]?
    /// Tells two mails of the current link apart: the key they were planned under.
    var asked = ""
    /// Where a host decides about it, in full.
    var decide: String?
    /// The meetings of a series that one mail tells of.
    var series: BookingMailFacts.Together?

    /// The mail to `attendee` or to the host with that id; nil when that host is none of the booking's.
    func mail(_ news: BookingNews, to recipient: String, _ installation: Installation) throws -> OutgoingMail? {
        if recipient.hasPrefix("guest.") { return try mail(news, toGuest: recipient, installation) }
        if recipient == TokenHolder.booker.rawValue { return try mail(news, toBooker: installation) }
        let party: BookingMailFacts.Party = recipient == "attendee" ? .attendee : .host
        let host = booking.hosts.first { party == .attendee || $0.id.text == recipient }
        guard let host else { return nil }
        var kind = news.mail
        if news == .corrected, party == .attendee { kind = booking.isWaiting ? .asked : .confirmed }
        return try BookingMails.outgoing(kind, to: party, facts(news, host: host, installation))
    }

    /// The mail to `guest.<position>`: in the attendee's zone and language, without the attendee's addresses.
    private func mail(
        _ news: BookingNews, toGuest recipient: String, _ installation: Installation
    ) throws -> OutgoingMail? {
        guard let position = Int(recipient.dropFirst("guest.".count)), booking.guests.indices.contains(position),
            let host = booking.hosts.first
        else { return nil }
        var facts = facts(news, host: host, installation)
        var guest = facts.attendee
        (guest.id, guest.name, guest.email) = ("guest-\(position)", "", booking.guests[position])
        facts.guest = guest
        let token = GuestToken.text(of: guest.email, booking.id, installation.keyring)
        facts.addresses.guest = installation.url(Path("/booking/guest/\(token)"))
        return try BookingMails.outgoing(news.mail, to: .guest, facts)
    }

    /// The mail to somebody who is no guest any more: the meeting itself goes on without them.
    /// - Parameter name: what sets this mail apart from those to others who were taken off.
    fileprivate func mail(
        toRemoved gone: Uninvited, as name: String, _ installation: Installation
    ) throws -> OutgoingMail? {
        guard let host = booking.hosts.first else { return nil }
        var facts = facts(.cancelled, host: host, installation)
        var guest = facts.attendee
        (guest.id, guest.name, guest.email) = (name, "", gone.email)
        if gone.isOwn { facts.actor = .guest }
        // Whatever happens to the booking before it leaves, it is this one mail on every attempt.
        (facts.guest, facts.guests, facts.isUninvited, facts.occasion) = (guest, [gone.email], true, name)
        return try BookingMails.outgoing(.cancelled, to: .guest, facts)
    }

    /// The mail to somebody who is no host any more: the meeting itself goes on without them.
    fileprivate func mail(
        toFormer host: LinkHost, heir: LinkHost?, version: Int, _ installation: Installation
    ) throws -> OutgoingMail {
        var facts = facts(.cancelled, host: host, installation)
        facts.hosts = []
        if booking.state.status != .cancelled { facts.successor = (heir ?? booking.hosts.first)?.name ?? "" }
        facts.occasion = "\(version)-left"
        return try BookingMails.outgoing(.cancelled, to: .host, facts)
    }

    /// Takes the meeting out of the calendar of an address it was never for.
    fileprivate func recall(from former: String, version: Int, _ installation: Installation) throws -> OutgoingMail {
        try RecallMail.outgoing(
            to: former, bookingID: booking.id.text, version: version, uid: booking.uid,
            sequence: booking.state.sequence, starts: booking.state.starts, ends: booking.state.ends,
            workspaceName: workspaceName, now: installation.world.now, mailFrom: installation.mailFrom)
    }

    /// The meeting as a file to be put into any calendar.
    func calendarFile(_ installation: Installation) -> CalendarEvent? {
        guard let host = booking.hosts.first else { return nil }
        // What is only asked for is in no calendar; what was confirmed before is there as it was.
        guard isKnownToCalendars else { return nil }
        var told = self
        told.booking = certain.booking
        let mail = BookingMails.mail(.confirmed, to: .attendee, told.facts(.booked, host: host, installation))
        var event = mail.calendar
        event?.method = told.booking.state.status == .confirmed ? .publish : .cancel
        return event
    }

    func facts(_ news: BookingNews, host: LinkHost, _ installation: Installation) -> BookingMailFacts {
        let zones = installation.world.zones
        let token = token ?? ""
        var facts = BookingMailFacts(
            bookingID: booking.id.text, workspaceName: workspaceName, title: link.rules.title,
            host: person(host, installation),
            attendee: .init(
                id: "attendee", name: booking.attendee.name, email: booking.attendee.email,
                zone: zones.zone(booking.attendee.zone) ?? .utc,
                language: installation.language(booking.attendee.language)),
            starts: booking.state.starts, ends: booking.state.ends, location: booking.location.words,
            addresses: .init(
                view: installation.url(Path("/booking/\(token)")),
                reschedule: installation.url(Path("/book/reschedule/\(token)")),
                cancel: installation.url(Path("/book/cancel/\(token)")),
                host: installation.url(Path("/calendar/bookings/\(booking.id)")),
                bookAgain: link.isHandPicked ? "" : installation.url(
                    token.isEmpty ? link.path : Path("/booking/\(token)/again"))),
            uid: booking.uid, sequence: booking.state.sequence, occasion: occasion(news),
            now: installation.world.now, mailFrom: installation.mailFrom)
        facts.previousStarts = ConfirmedTimes(history).moves.last?.from
        (facts.wish, facts.isInCalendars) = (wish, isKnownToCalendars)
        facts.locationURL = WebURL(booking.location.text)?.text
        facts.rooms = { [booking] in booking.resources.map { .init(label: $0.kind.words, value: $0.words) } }
        facts.answers = booking.answers.map { .init(label: $0.label, value: $0.value, form: $0.kind.form) }
        (facts.reason, facts.words) = (booking.reason, link.rules.look.confirmation)
        (facts.guests, facts.tellsGuests, facts.phone) = (booking.guests, booking.tellsGuests, booking.attendee.phone)
        facts.bookedBy = booking.bookedBy.map { .init(label: $0.name, value: $0.email) }
        facts.calendarTitle = link.rules.look.eventTitle.map { EventTitle.text($0, booking, link: link, host: host) }
        if let last = history.last, last.isByHost { facts.actor = .host }
        facts.deputy = history.last.flatMap { deputies[$0.version] }
        if booking.hosts.count > 1 { facts.hosts = booking.hosts.map { person($0, installation) } }
        if let series { facts.tell(of: series) }
        return facts
    }

    fileprivate var isKnownToCalendars: Bool {
        switch booking.state.status {
        case .pendingApproval: booking.state.waiting?.kept != nil
        case .cancelled: booking.state.sequence > 0
        case .declined, .expired: false
        default: true
        }
    }

    private var wish: BookingMailFacts.Wish {
        var wish = BookingMailFacts.Wish()
        (wish.until, wish.decide) = (booking.state.waiting?.until, decide)
        wish.kept = booking.state.waiting?.kept?.start
        // Of a decision about another time: the one that was asked for, and of a granted one where it was before.
        if let last = history.last, last.to != nil, !last.isWish { wish.wished = last.from }
        return wish
    }

    /// A host is asked, and reminded, while the same wish waits; only an address was put right meanwhile.
    fileprivate func isOfSameWish(_ news: BookingNews, to recipient: String, since version: Int) -> Bool {
        // The attendee hears it from the mail to the right address.
        (news == .reminder || news == .asked && recipient != "attendee") && booking.isWaiting
            && history.allSatisfy { $0.version <= version || $0.event == "corrected" }
    }

    /// As it is confirmed, whatever is asked for beside.
    fileprivate var certain: TellableBooking {
        guard let standing = booking.standing else { return self }
        var told = self
        told.booking = standing
        if let keptResources { told.booking.resources = keptResources }
        return told
    }

    private var askedVersion: Int { history.last { $0.event != "corrected" }?.version ?? booking.state.version }

    /// Makes it what it was at an earlier version, if calendars should know it just so still: a wish since then has
    /// changed nothing in them, and guests and who booked hear nothing of a corrected address of the attendee.
    mutating func goBack(to version: Int, for news: BookingNews, of recipient: String) -> Bool {
        let isOther = recipient.hasPrefix("guest.") || recipient == TokenHolder.booker.rawValue
        let known = history.filter { !isOther || $0.event != "corrected" }
        guard ConfirmedTimes(known).version == version, booking.standing != nil,
            ![.asked, .reminder, .stays].contains(news)
        else { return false }
        (booking, booking.state.version) = (certain.booking, version)
        history.removeAll { $0.version > version }
        return true
    }

    private func person(_ host: LinkHost, _ installation: Installation) -> BookingMailFacts.Person {
        let wish = wishes[host.id.text]
        return .init(
            id: host.id.text, name: host.name, email: host.email,
            zone: installation.world.zones.zone(host.zone) ?? .utc, clock: wish?.clock,
            language: installation.language(wish?.language))
    }

    /// What makes this mail one mail on every attempt.
    private func occasion(_ news: BookingNews) -> String {
        // A second mail of the link must not look like the first: mail programs hide what they have seen.
        switch news {
        case .link: "\(booking.state.version)-link-\(asked)"
        // By the version that asked: an address that is put right meanwhile makes no other mail of it.
        case .asked: String(askedVersion)
        case .reminder: "\(askedVersion)-reminder"
        default: String(booking.state.version)
        }
    }
}

extension ProfileWish {
    /// Whether this host does not want to be told; the link asked for anew is the attendee's affair.
    func mutes(_ news: BookingNews) -> Bool {
        ProfileEvent(rawValue: news.rawValue).map { muted.contains(MutedNotice($0, .mail)) } ?? false
    }
}

extension BookingNews {
    var mail: BookingMails.Kind {
        switch self {
        case .booked: .confirmed
        case .moved: .moved
        case .cancelled: .cancelled
        case .changed: .changed
        case .reassigned: .handedOver
        case .link: .link
        case .corrected: .corrected
        case .asked: .asked
        case .reminder: .reminder
        case .approved: .approved
        case .declined: .declined
        case .expired: .expired
        case .stays: .stays
        }
    }
}

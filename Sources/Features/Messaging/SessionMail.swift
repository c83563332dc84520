/// The mail to a host about a session: who comes, how many places are taken, and the one event of it in the calendar.
import Capabilities
import ICalendar
import Scheduling
import Web

package struct SessionMailFacts: Sendable {
    package struct Guest: Hashable, Sendable {
        package var name: String
        package var email: String
        /// How many come along.
        package var more: Int

        package init(name: String, email: String, more: Int) {
            (self.name, self.email, self.more) = (name, email, more)
        }
    }

    /// What happened last.
    package enum News: Hashable, Sendable {
        case joined(String), left(String), changed
    }

    package var sessionID: String
    package var uid: String
    package var sequence: Int
    package var version: Int
    package var title: String
    package var workspaceName: WorkspaceName
    package var reader: BookingMailFacts.Person
    package var hosts: [BookingMailFacts.Person]
    package var people: [Guest]
    /// By those who come.
    package var taken: Int
    /// Whether others wait for an answer; the time is taken while they do.
    package var isAskedFor = false
    package var capacity: Int
    package var starts: Instant
    package var ends: Instant
    /// As of one booking: read when the mail's language is known.
    package var location: @Sendable () -> String
    /// The session in the app.
    package var address: String
    package var news: News
    /// Who did it in a host's place.
    package var deputy: BookingMailFacts.Deputy?
    package var now: Instant
    package var mailFrom: String
}

package enum SessionMail {
    /// - Throws: `AddressProblem` when a stored address cannot be sent to.
    package static func outgoing(_ facts: SessionMailFacts) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(facts.mailFrom)
        let to = try EmailAddress(checking: facts.reader.email)
        let (letter, event) = Language.$current.withValue(facts.reader.language) {
            (Self.letter(facts), Self.event(facts, ours))
        }
        func id(_ occasion: Int) -> String {
            "<\(facts.sessionID).\(occasion).\(facts.reader.id)@\(ours.wireDomain)>"
        }
        // The first change of a session is its second version.
        return OutgoingMail(
            from: Mailbox(cleaning: facts.workspaceName.text, address: ours),
            to: Mailbox(cleaning: facts.reader.name, address: to),
            subject: letter.subject, text: letter.text, html: letter.html.text,
            invitation: .init(method: event.method.rawValue, text: event.text()),
            messageID: id(facts.version), inReplyTo: facts.version > 2 ? id(2) : nil, date: facts.now,
            headers: [.init("Content-Language", facts.reader.language.tag)])
    }

    private static func letter(_ facts: SessionMailFacts) -> NoteLetter {
        let title = Mailbox.cleaned(facts.title)
        let (start, end) = (facts.reader.zone.local(at: facts.starts), facts.reader.zone.local(at: facts.ends))
        let time = DateWords.range(from: start, to: end, facts.reader.clock)
        let when = plain("\(start.date.dayWords), \(time)")
        let city = BookingLetter.city(facts.reader.zone)
        let isOff = facts.taken == 0
        var words = [news(facts)]
        if let deputy = facts.deputy { words.append(plain("Done by \(deputy.words).")) }
        words.append(plain("\(start.date.dayWordsWithYear), \(time), \(city) time."))
        if !isOff {
            words.append(places(facts))
            words += people(facts)
        }
        let name = Mailbox.cleaned(facts.workspaceName.text)
        let link = WebURL(facts.address).map { url in
            NoteLetter.Entry(label: title, note: plain("Everybody who comes, and what you can do."), url: url)
        }
        return NoteLetter(
            subject: isOff ? plain("Cancelled: \(title), \(when)")
                : plain("\(title), \(when): \(facts.taken) of \(facts.capacity) places taken"),
            words: words, links: link.map { [$0] } ?? [],
            foot: plain("You get this mail because you host this time with \(name)."),
            brand: facts.workspaceName.brand)
    }

    private static func news(_ facts: SessionMailFacts) -> String {
        switch facts.news {
        case .joined(let name): plain("\(Mailbox.cleaned(name)) comes.")
        case .left(let name) where facts.taken == 0 && facts.isAskedFor:
            plain("\(Mailbox.cleaned(name)) no longer comes. Somebody else asks for a place and waits for your answer.")
        case .left(let name) where facts.taken == 0:
            plain("\(Mailbox.cleaned(name)) no longer comes, and nobody else does. The time is free again.")
        case .left(let name): plain("\(Mailbox.cleaned(name)) no longer comes.")
        case .changed where facts.taken == 0: plain("Nobody comes any more. The time is free again.")
        case .changed: plain("This is how it stands now.")
        }
    }

    private static func places(_ facts: SessionMailFacts) -> String {
        plain("\(facts.taken) of \(facts.capacity) places are taken:")
    }

    private static func people(_ facts: SessionMailFacts) -> [String] {
        facts.people.map { person in
            let (name, email) = (Mailbox.cleaned(person.name), Mailbox.cleaned(person.email))
            guard person.more > 0 else { return "\(name), \(email)" }
            return plain(Sentence(
                "%1|one:%2, %3, and one guest|other:%2, %3, and %1 guests",
                [.number(person.more), .text(name), .text(email)]))
        }
    }

    /// Hosts alone are asked to come: who attends has an invitation of their own and sees nobody else's address.
    private static func event(_ facts: SessionMailFacts, _ ours: EmailAddress) -> CalendarEvent {
        let isOff = facts.taken == 0
        let lines = isOff ? [] : [places(facts)] + people(facts) + [facts.address]
        let hosts = facts.hosts.compactMap { host in
            EmailAddress(host.email).map { Participant.host(name: Mailbox.cleaned(host.name), address: $0.wire) }
        }
        let summary = isOff ? Mailbox.cleaned(facts.title)
            : plain("\(Mailbox.cleaned(facts.title)) (\(facts.taken) of \(facts.capacity))")
        return CalendarEvent(
            method: isOff ? .cancel : .request, uid: facts.uid, sequence: facts.sequence, stamp: facts.now,
            starts: facts.starts, ends: facts.ends, summary: summary, description: lines.joined(separator: "\n"),
            location: isOff ? "" : facts.location(), url: isOff ? nil : WebURL(facts.address)?.text,
            organizer: .init(name: Mailbox.cleaned(facts.hosts.first?.name ?? ""), address: ours.wire),
            attendees: hosts)
    }
}

/// The mails of a waitlist: that somebody is on it, and that a place is kept for them.
import Capabilities
import Scheduling
import Web

package enum WaitlistLetter {
    package struct Facts: Sendable {
        package var to: String
        package var name: String
        package var title: String
        package var host: String
        package var workspaceName: WorkspaceName
        /// The day or the session that is waited for.
        package var target: String
        /// In the line for it, from 1.
        package var place: Int
        /// What is offered.
        package var offer: Span?
        package var until: Instant?
        package var zone: Zone
        /// The entry's page, with its token.
        package var url: String

        package init(
            to: String, name: String, title: String, host: String, workspaceName: WorkspaceName, target: String,
            place: Int, offer: Span? = nil, until: Instant? = nil, zone: Zone, url: String
        ) {
            (self.to, self.name, self.title, self.host) = (to, name, title, host)
            (self.workspaceName, self.target, self.place) = (workspaceName, target, place)
            (self.offer, self.until, self.zone, self.url) = (offer, until, zone, url)
        }
    }

    /// - Parameter occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    package static func outgoing(
        _ facts: Facts, occasion: String, now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: facts.to)
        let letter = if let offer = facts.offer, let until = facts.until {
            offered(facts, offer, until: until, now: now)
        } else {
            waiting(facts)
        }
        return OutgoingMail(
            from: Mailbox(cleaning: facts.workspaceName.text, address: ours),
            to: Mailbox(cleaning: facts.name, address: address), subject: letter.subject, text: letter.text,
            html: letter.html.text, messageID: "<\(occasion).waitlist@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }

    private static func waiting(_ facts: Facts) -> NoteLetter {
        let title = Mailbox.cleaned(facts.title), host = Mailbox.cleaned(facts.host)
        return NoteLetter(
            subject: plain("You are on the waitlist: \(title)"),
            words: [
                plain("You wait for a place: \(facts.target), with \(host)."),
                plain("""
                    As soon as one is free and you are next, a mail comes. The place is then kept for you for a while, \
                    so look at your mail now and then.
                    """),
            ],
            links: link(plain("See your place, or leave the waitlist"), title, facts), foot: foot(facts),
            brand: facts.workspaceName.brand)
    }

    private static func offered(_ facts: Facts, _ offer: Span, until: Instant, now: Instant) -> NoteLetter {
        let title = Mailbox.cleaned(facts.title), host = Mailbox.cleaned(facts.host)
        let (start, end) = (facts.zone.local(at: offer.start), facts.zone.local(at: offer.end))
        let time = DateWords.range(from: start, to: end, .usual), place = BookingLetter.city(facts.zone)
        let last = facts.zone.local(at: until)
        let words = last.words(.usual)
        let isToday = last.date == facts.zone.local(at: now).date
        let by = isToday ? words : plain("[day and time] \(last.date.dayWords), \(words)")
        return NoteLetter(
            subject: plain("A place is free: take it by \(by)"),
            words: [
                plain("\(title) with \(host): \(start.date.dayWordsWithYear), \(time), \(place) time."),
                plain("It is kept for you until \(by). After that the next in line gets it."),
            ],
            links: link(plain("Take it, or say no"), title, facts), foot: foot(facts),
            brand: facts.workspaceName.brand)
    }

    private static func link(_ label: String, _ note: String, _ facts: Facts) -> [NoteLetter.Entry] {
        WebURL(facts.url).map { [NoteLetter.Entry(label: label, note: note, url: $0)] } ?? []
    }

    private static func foot(_ facts: Facts) -> String {
        plain("""
            You get this mail because somebody put this address on a waitlist of \
            \(Mailbox.cleaned(facts.workspaceName.text)). If it was not you, leave it with the link above.
            """)
    }
}

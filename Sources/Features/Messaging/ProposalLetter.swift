/// The mails about a proposal: the attendee is asked for another time, a host hears that none of theirs suits.
import Capabilities
import Scheduling
import Web

/// Made inside the reader's language (`Language.current`).
package struct ProposalLetter {
    let times: [Span]
    let message: String
    let until: Instant
    /// Where the attendee answers, in full.
    let page: String
    let isRefused: Bool
    let usual: BookingLetter

    /// - Parameters:
    ///   - message: in the words of whoever asked, or refused.
    ///   - occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when a stored address cannot be sent to.
    package static func outgoing(
        _ times: [Span], message: String, until: Instant, page: String, isRefused: Bool, occasion: String,
        _ facts: BookingMailFacts
    ) throws(AddressProblem) -> OutgoingMail {
        var facts = facts
        facts.occasion = occasion
        let party: BookingMailFacts.Party = isRefused ? .host : .attendee
        let (subject, text, html) = Language.$current.withValue(facts.person(party).language) {
            let letter = ProposalLetter(
                times: times, message: message, until: until, page: page, isRefused: isRefused,
                usual: BookingLetter(.link, to: party, facts))
            return (letter.subject, letter.text, letter.html.text)
        }
        return try BookingMails.envelope(to: party, facts, subject: subject, text: text, html: html, event: nil)
    }

    private var facts: BookingMailFacts { usual.facts }
    private var name: String { Mailbox.cleaned(usual.other.name) }
    private var now: String { "\(usual.day(facts.starts, usual.reader)), \(usual.time(facts.starts, usual.reader))" }

    var subject: String {
        let title = Mailbox.cleaned(facts.title)
        if isRefused { return plain("None of your times suits: \(title) with \(name), \(now)") }
        return times.isEmpty ? plain("Choose another time: \(title), now \(now)")
            : plain("Another time proposed: \(title), now \(now)")
    }

    private var opening: String {
        if isRefused { return plain("None of the times you proposed suits \(name). The meeting stays as it was.") }
        guard !times.isEmpty else {
            return plain("\(name) asks you to choose another time. Until you do, the meeting stays on \(now).")
        }
        let until = "\(usual.day(until, usual.reader)), \(usual.time(until, usual.reader))"
        return plain("""
            \(name) proposes another time for your meeting. Take one of them until \(until): they are kept for you. \
            Until then it stays on \(now).
            """)
    }

    private var deputy: String { facts.deputy.map { plain("Asked by \($0.words).") } ?? "" }

    private var quoted: String { message.isEmpty ? "" : plain("“\(message)”") }

    /// The first is the one most readers want.
    private var actions: [BookingLetter.Action] {
        var all: [(String, String)] = times.map { time in
            let reader = usual.reader
            let range = DateWords.range(
                from: reader.zone.local(at: time.start), to: reader.zone.local(at: time.end), reader.clock)
            return (plain("Take \(usual.day(time.start, reader)), \(range)"), "\(page)?start=\(time.start.seconds)")
        }
        if isRefused {
            all = [(plain("See the booking"), facts.addresses.host)]
        } else if times.isEmpty {
            all = [(plain("Choose another time"), facts.addresses.reschedule)]
        } else {
            all.append((plain("None of these suits"), page))
        }
        if !isRefused { all.append((plain("Cancel it"), facts.addresses.cancel)) }
        return all.compactMap { label, address in WebURL(address).map { .init(label: label, url: $0) } }
    }

    private var zoneWords: String { plain("Times are \(BookingLetter.city(usual.reader.zone)) time.") }
    private var note: String { plain("Answer this mail to reach \(name).") }

    var text: String {
        let links = actions.map { "\($0.label): \($0.url.text)" }
        let parts = [opening, deputy, quoted, zoneWords, links.joined(separator: "\n"), note, "-- \n\(usual.foot)"]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    var html: HTML {
        MailShell(
            title: subject, preview: opening, language: usual.reader.language, sender: facts.workspaceName, note: note,
            foot: usual.foot
        ).html("\(words)\n\(buttons)")
    }

    private var words: HTML {
        """
        <tr><td class="pad" style="padding: 32px 40px 0">
        <h1 class="ink" style="margin: 0; font-size: 22px; line-height: 30px; font-weight: 600; color: #11181a">\
        \(Mailbox.cleaned(facts.title))</h1>
        <p class="ink" style="margin: 16px 0 0; font-size: 15px; line-height: 24px; color: #11181a">\(opening)\
        \(if: facts.deputy != nil, then: "<br>\(deputy)")</p>
        \(said)
        <p class="ink2" style="margin: 16px 0 0; font-size: 15px; line-height: 24px; color: #455054">\(zoneWords)</p>
        </td></tr>
        """
    }

    private var said: HTML {
        guard !message.isEmpty else { return .empty }
        let lines = quoted.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let broken = HTML(lines.enumerated().map { $0.offset == 0 ? "\($0.element)" : "<br>\($0.element)" })
        return """
            <p class="ink" style="margin: 16px 0 0; font-size: 15px; line-height: 24px; color: #11181a">\
            <bdi>\(broken)</bdi></p>
            """
    }

    private var buttons: HTML {
        """
        <tr><td class="pad" style="padding: 16px 40px 0">\(each: actions.enumerated(), { place in
            MailShell.button(
                place.element.label, to: place.element.url, in: facts.workspaceName.brand, isMain: place.offset == 0)
        })</td></tr>
        """
    }
}

/// What a mail about a booking says, piece by piece, in the reader's language; written as text here, as HTML beside it.
import Capabilities
import Scheduling
import Web

/// Made inside the reader's language (`Language.current`).
struct BookingLetter {
    struct Row {
        let label: String
        let value: String
        var url: WebURL?
    }

    struct Action {
        let label: String
        let url: WebURL
    }

    let facts: BookingMailFacts
    let kind: BookingMails.Kind
    let party: BookingMailFacts.Party
    let reader: BookingMailFacts.Person
    let other: BookingMailFacts.Person

    init(_ kind: BookingMails.Kind, to party: BookingMailFacts.Party, _ facts: BookingMailFacts) {
        (self.kind, self.party, self.facts) = (kind, party, facts)
        (reader, other) = (facts.person(party), facts.person(party.other))
    }

    var subject: String {
        if let seriesSubject { return seriesSubject }
        let title = Mailbox.cleaned(facts.title), name = Mailbox.cleaned(other.name)
        let when = "\(day(facts.starts, reader)), \(time(facts.starts, reader))"
        return switch (kind, party) {
        case (.confirmed, .attendee): plain("Confirmed: \(title), \(when)")
        case (.confirmed, .host): plain("Booked: \(title) with \(name), \(when)")
        case (.confirmed, .guest): plain("Invitation: \(title), \(when)")
        case (.corrected, _): plain("Updated: \(title), \(when)")
        case (.moved, _): plain("Moved: \(title), now \(when)")
        case (.handedOver, .host): plain("Yours now: \(title) with \(name), \(when)")
        case (.handedOver, _): plain("Another host: \(title), \(when)")
        case (.cancelled, .host) where facts.successor != nil:
            plain("Given to another host: \(title) with \(name), \(when)")
        case (.cancelled, .guest) where facts.isUninvited: plain("You are no longer a guest: \(title), \(when)")
        case (.cancelled, .guest): plain("Cancelled: \(title), \(when)")
        case (.cancelled, _): plain("Cancelled: \(title) with \(name), \(when)")
        case (.changed, _): plain("Changed: \(title), \(when)")
        case (.link, _): plain("Your booking: \(title), \(when)")
        case (.asked, _), (.reminder, _), (.approved, _), (.declined, _), (.expired, _), (.stays, _): approvalSubject
        }
    }

    /// The line mail programs show beside the subject.
    var preview: String {
        let place = facts.location.isEmpty ? "" : " \(oneLine(facts.location))."
        return "\(range), \(zoneName).\(place)"
    }

    var opening: String {
        guard let attendee = facts.bookedFor else { return ownOpening }
        return "\(plain("You booked this meeting for \(Mailbox.cleaned(attendee.name)).")) \(ownOpening)"
    }

    private var ownOpening: String {
        if let seriesOpening { return seriesOpening }
        if kind.isOfWish || kind == .approved { return approvalOpening }
        if party == .guest { return openingForGuest }
        let name = Mailbox.cleaned(other.name)
        // Whoever acted in the host's place is named below.
        let isOwn = facts.actor == party || facts.deputy != nil
        return switch (kind, party) {
        case (.corrected, _): plain("\(name) has another e-mail address.")
        case (.confirmed, .attendee): plain("Your meeting is confirmed.")
        case (.confirmed, _): plain("\(name) booked a meeting with you.")
        case (.moved, _): isOwn ? plain("Your meeting is moved.") : plain("\(name) moved your meeting.")
        case (.handedOver, .host): plain("This meeting with \(name) is yours now. Its time stays.")
        case (.handedOver, _) where facts.hosts.count > 1:
            plain("You meet \(hostNames) now. The time stays.")
        case (.handedOver, _): plain("You meet \(name) now. The time stays.")
        case (.cancelled, .host) where facts.successor != nil:
            plain("\(Mailbox.cleaned(facts.successor ?? "")) takes this meeting over from you.")
        case (.cancelled, _): isOwn ? plain("Your meeting is cancelled.") : plain("\(name) cancelled your meeting.")
        case (.changed, _) where facts.actor == .attendee:
            isOwn ? plain("Your guests are changed. The time stays.")
                : plain("\(name) changed who comes along. The time stays.")
        case (.changed, .attendee) where facts.deputy == nil:
            plain("\(name) changed your meeting. Its time stays.")
        case (.changed, _): plain("Your meeting is changed. Its time stays.")
        case (.link, _): plain("This is the current link to your meeting.")
        case (.asked, _), (.reminder, _), (.approved, _), (.declined, _), (.expired, _), (.stays, _): approvalOpening
        }
    }

    private var hostNames: String { facts.hosts.map { Mailbox.cleaned($0.name) }.joined(separator: ", ") }

    /// A guest did not ask for this mail, so it begins with who did.
    private var openingForGuest: String {
        let name = Mailbox.cleaned(facts.attendee.name)
        return switch kind {
        case .confirmed, .link: plain("\(name) invites you to this meeting.")
        case .corrected: plain("The meeting that \(name) invited you to has a new entry for your calendar.")
        case .changed: plain("The meeting that \(name) invited you to is changed. Its time stays.")
        case .handedOver: plain("The meeting that \(name) invited you to has another host. Its time stays.")
        case .moved: plain("The meeting that \(name) invited you to is moved.")
        case .cancelled where facts.isUninvited && facts.actor == .guest:
            plain("You said that you will not come. \(name) knows.")
        case .cancelled where facts.isUninvited: plain("\(name) took you off the guests of this meeting.")
        case .cancelled: plain("The meeting that \(name) invited you to is cancelled.")
        case .asked, .reminder, .approved, .declined, .expired, .stays: approvalOpening
        }
    }

    /// What the host tells whoever has booked, as on the page afterwards.
    var words: String { (kind == .confirmed || kind == .approved) && party == .attendee ? facts.words : "" }

    var day: String { reader.zone.local(at: facts.starts).date.dayWordsWithYear }

    var range: String {
        DateWords.range(
            from: reader.zone.local(at: facts.starts), to: reader.zone.local(at: facts.ends), reader.clock)
    }

    /// The reader's zone, and the other's where their clocks differ.
    var zoneWords: String {
        let own = plain("\(Self.city(reader.zone)) time.")
        guard reader.zone.offset(at: facts.starts) != other.zone.offset(at: facts.starts) else { return own }
        let sameDay = reader.zone.local(at: facts.starts).date == other.zone.local(at: facts.starts).date
        let there = DateWords.time(minuteOfDay: other.zone.local(at: facts.starts).secondOfDay / 60, reader.clock)
        let when = sameDay ? there : "\(day(facts.starts, other)), \(there)"
        return "\(own) \(plain("For \(Mailbox.cleaned(other.name)) in \(Self.city(other.zone)) it is \(when)."))"
    }

    var rows: [Row] {
        var rows = [Row(label: plain("What"), value: oneLine(facts.title))]
        let name = Mailbox.cleaned(other.name)
        let hosts = facts.hosts.isEmpty ? name : facts.hosts.map { Mailbox.cleaned($0.name) }.joined(separator: ", ")
        rows.append(Row(label: plain("With"), value: party == .host ? "\(name), \(other.email)" : hosts))
        if party == .host, !facts.hosts.isEmpty { rows.append(Row(label: plain("Hosts"), value: hosts)) }
        if party == .guest, facts.tellsGuests {
            rows.append(Row(label: plain("Invited by"), value: Mailbox.cleaned(facts.attendee.name)))
        }
        rows += deputyRows + bookedRows
        if party == .host, let phone = facts.phone { rows.append(Row(label: plain("Phone"), value: phone)) }
        if party == .host || party == .attendee && facts.tellsGuests, !facts.guests.isEmpty {
            rows.append(Row(label: plain("Guests"), value: facts.guests.joined(separator: "\n")))
        }
        rows += seriesRows
        if kind == .moved || kind == .approved, facts.series == nil, let before = facts.previousStarts {
            rows.append(Row(label: plain("Before"), value: "\(day(before, reader)), \(time(before, reader))"))
        }
        if let url = facts.locationURL.flatMap(WebURL.init) {
            // Nobody should join what is cancelled.
            if isJoinable { rows.append(Row(label: plain("Where"), value: shown(url), url: url)) }
        } else if !facts.location.isEmpty {
            rows.append(Row(label: plain("Where"), value: facts.location))
        }
        if kind != .cancelled {
            rows += facts.resources.map { Row(label: $0.label, value: oneLine($0.value)) }
        }
        // What others typed is for the two of the meeting.
        guard party != .guest else { return rows }
        if !facts.reason.isEmpty, [.moved, .cancelled, .handedOver, .asked, .declined].contains(kind) {
            rows.append(Row(label: plain("Reason"), value: facts.reason))
        }
        guard kind != .cancelled else { return rows }
        return rows + facts.answers.filter { !$0.value.isEmpty }.map { Row(label: oneLine($0.label), value: $0.words) }
    }

    /// Who booked for whom, where that is not the same person.
    private var bookedRows: [Row] {
        let by = party == .guest ? nil : facts.bookedBy.map { booker in
            let name = Mailbox.cleaned(booker.label)
            return Row(label: plain("Booked by"), value: party == .host ? "\(name), \(booker.value)" : name)
        }
        let who = facts.bookedFor.map { attendee in
            Row(label: plain("Booked for"), value: "\(Mailbox.cleaned(attendee.name)), \(attendee.email)")
        }
        return [by, who].compactMap(\.self)
    }

    /// Who did it in the host's place.
    private var deputyRows: [Row] {
        guard let deputy = facts.deputy, !facts.isUninvited else { return [] }
        let label: String? = switch kind {
        case .confirmed: plain("Booked by")
        case .moved: plain("Moved by")
        case .cancelled: facts.successor == nil ? plain("Cancelled by") : plain("Given by")
        case .changed: plain("Changed by")
        case .handedOver: plain("Given by")
        case .approved: plain("Approved by")
        case .declined: plain("Declined by")
        case .corrected, .link, .asked, .reminder, .expired, .stays: nil
        }
        return label.map { [Row(label: $0, value: deputy.words)] } ?? []
    }

    /// The first is the one most readers want.
    var actions: [Action] {
        let all: [(String, String?)] = approvalActions ?? usualActions
        return all.compactMap { label, address in address.flatMap(WebURL.init).map { Action(label: label, url: $0) } }
    }

    /// Nobody should join what is cancelled, or not yet agreed.
    private var isJoinable: Bool {
        switch kind {
        case .cancelled, .asked, .reminder: false
        case .declined, .expired: facts.wish.wished != nil
        default: true
        }
    }

    private var usualActions: [(String, String?)] {
        switch (kind, party) {
        case (.cancelled, .attendee): [(plain("Book another time"), facts.addresses.bookAgain)]
        case (.cancelled, .guest): []
        case (_, .guest):
            [
                (plain("Join the call"), facts.locationURL),
                (plain("See it, or say that you will not come"), facts.addresses.guest),
            ]
        case (.cancelled, .host): [(plain("See the booking"), facts.addresses.host)]
        case (_, .host): [(plain("Join the call"), facts.locationURL), (plain("See the booking"), facts.addresses.host)]
        case (_, .attendee):
            [
                (plain("Join the call"), facts.locationURL), (plain("See the booking"), facts.addresses.view),
                (plain("Move it"), facts.addresses.reschedule), (plain("Cancel it"), facts.addresses.cancel),
            ]
        }
    }

    var note: String {
        if let seriesNote { return seriesNote }
        let name = Mailbox.cleaned(other.name)
        let reach = plain("Answer this mail to reach \(name).")
        if facts.bookedFor != nil { return reach }
        return switch kind {
        case .confirmed: "\(plain("The attached file puts the meeting into your calendar.")) \(reach)"
        case .corrected where !facts.isInCalendars: reach
        case .corrected: "\(plain("The attached file renews the meeting in your calendar.")) \(reach)"
        case .handedOver: "\(plain("The attached file renews the meeting in your calendar.")) \(reach)"
        case .moved: "\(plain("The attached file moves the meeting in your calendar.")) \(reach)"
        case .cancelled where !facts.isInCalendars: reach
        case .cancelled: "\(plain("The attached file takes the meeting out of your calendar.")) \(reach)"
        case .changed: "\(plain("The attached file renews the meeting in your calendar.")) \(reach)"
        case .link: "\(plain("Earlier links to this meeting no longer work.")) \(reach)"
        case .asked, .reminder, .approved, .declined, .expired, .stays: approvalNote
        }
    }

    var foot: String {
        let why = switch party {
        case .attendee: plain("You get this mail because you booked a meeting.")
        case .host: plain("You get this mail because the meeting is with you.")
        case .guest: plain("You get this mail because \(Mailbox.cleaned(facts.attendee.name)) named you as a guest.")
        }
        return "\(oneLine(facts.workspaceName.text)). \(why)"
    }
}

extension BookingLetter {
    /// The text part: what the HTML says, for those who read without it.
    var text: String {
        let table = rows.map { "\($0.label): \($0.url?.text ?? $0.value)" }
        let links = actions.map { "\($0.label): \($0.url.text)" }
        let parts = [
            opening, "\(day), \(range)\n\(zoneWords)", table.joined(separator: "\n"), words,
            links.joined(separator: "\n"), note, "-- \n\(foot)",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    /// The description in the reader's calendar.
    var calendarText: String {
        guard kind != .cancelled else { return party == .guest ? "" : facts.reason }
        let rooms = facts.resources.map { "\($0.label): \(oneLine($0.value))" }
        guard party != .guest else {
            return (rooms + actions.map { "\($0.label): \($0.url.text)" }).joined(separator: "\n")
        }
        let answers = facts.answers.filter { !$0.value.isEmpty }.map { "\(oneLine($0.label)): \($0.words)" }
        let links = actions.map { "\($0.label): \($0.url.text)" }
        return (rooms + answers + links).joined(separator: "\n")
    }

    var zoneName: String { plain("[preview] \(Self.city(reader.zone)) time") }

    /// `Thursday 3 December`, with the year when it is not this one.
    func day(_ instant: Instant, _ person: BookingMailFacts.Person) -> String {
        let date = person.zone.local(at: instant).date
        return date.year == person.zone.local(at: facts.now).date.year ? date.dayWords : date.dayWordsWithYear
    }

    func time(_ instant: Instant, _ person: BookingMailFacts.Person) -> String {
        person.zone.local(at: instant).words(person.clock)
    }

    /// `Lisbon` out of `Europe/Lisbon`.
    static func city(_ zone: Zone) -> String {
        String((zone.name.split(separator: "/").last ?? "UTC").map { $0 == "_" ? " " : $0 })
    }

    private func oneLine(_ text: String) -> String { Mailbox.cleaned(text, longest: 300) }

    /// `meet.example/kqv-ynzd-ohe`.
    private func shown(_ url: WebURL) -> String {
        guard let slashes = url.text.firstRange(of: "://") else { return url.text }
        return String(url.text[slashes.upperBound...])
    }
}

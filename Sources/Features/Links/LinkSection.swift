/// The sections of a link that a template keeps the same for all links made from it.
import Scheduling
import Web

/// What a link says, in the parts an admin may lock. A link's address, whether it can be booked, its hosts and their
/// hours are in none of them: those stay its host's.
package enum LinkSection: String, CaseIterable, Sendable {
    case identity, duration, location, questions, branding, policy, limits

    package var words: String {
        switch self {
        case .identity: plain("Title and description")
        case .duration: plain("Lengths, starts, pauses and travel")
        case .location: plain("Where, and what is needed there")
        case .questions: plain("Questions")
        case .branding: plain("Colour, language, frames and what follows a booking")
        case .policy: plain("Notice, who can book, approval, places, repeats, waitlist and changes")
        case .limits: plain("Limits and rhythm")
        }
    }

    /// Puts what `source` says of this section into `rules`. Rules that must go together are in one section, so that
    /// two halves of different links never contradict each other.
    func copy(from source: LinkRules, to rules: inout LinkRules) {
        switch self {
        case .identity: (rules.title, rules.description) = (source.title, source.description)
        case .duration: copyTimes(from: source, to: &rules)
        case .location: (rules.locations, rules.needs) = (source.locations, source.needs)
        // They have rows of their own beside the rules.
        case .questions: break
        case .branding:
            let locksZone = rules.look.locksZone
            rules.look = source.look
            rules.look.locksZone = locksZone
        case .policy:
            // In the editor it stands with who can book.
            rules.look.locksZone = source.look.locksZone
            (rules.notice, rules.window) = (source.notice, source.window)
            (rules.access, rules.changes) = (source.access, source.changes)
            (rules.approval, rules.door) = (source.approval, source.door)
            (rules.seats, rules.series, rules.waitlist) = (source.seats, source.series, source.waitlist)
        case .limits:
            (rules.rhythm.limits, rules.rhythm.bookerHours) = (source.rhythm.limits, source.rhythm.bookerHours)
            (rules.rhythm.firstOfDay, rules.rhythm.besideFirst)
                = (source.rhythm.firstOfDay, source.rhythm.besideFirst)
        }
    }

    private func copyTimes(from source: LinkRules, to rules: inout LinkRules) {
        (rules.duration, rules.rhythm.otherLengths) = (source.duration, source.rhythm.otherLengths)
        (rules.step, rules.align, rules.offset) = (source.step, source.align, source.offset)
        (rules.bufferBefore, rules.bufferAfter) = (source.bufferBefore, source.bufferAfter)
        rules.rhythm.gapRule = source.rhythm.gapRule
        (rules.rhythm.travelBefore, rules.rhythm.travelAfter)
            = (source.rhythm.travelBefore, source.rhythm.travelAfter)
    }

    /// The fields of the editor's form; one that ends with a full stop or underscore stands for all that begin so.
    private var formNames: [String] {
        switch self {
        case .identity: ["title", "description"]
        case .duration:
            [
                "durationMinutes", "otherDurations", "stepMinutes", "alignMinutes", "offsetMinutes",
                "bufferBeforeMinutes", "bufferAfterMinutes", "gapRule", "travelBeforeMinutes", "travelAfterMinutes",
            ]
        case .location: ["locations.", NeedFields.prefix]
        case .questions: ["questions."]
        case .branding:
            [
                "color", "language", "confirmationText", "redirectUrl", "redirectDetails", "eventTitle",
                LinkFraming.field,
            ]
        case .policy:
            [
                "minimumNotice.", "window.", "hidden", "lockTimezone", "expires.", "maxUses", "maxGuests", "accessCode",
                "attendeeMay.", "rescheduleNoticeMinutes", "cancelNoticeMinutes", "cancelReasonRequired",
                "requiresApproval", "approvalHours", "verifiesEmail", "botDefence", "capacity", "showsSeats",
                "showsNames", "recurring.", "waitlist", "waitlistHoldMinutes",
            ]
        case .limits: ["limits.", "firstOfDay", "besideFirst", "bookerHoursFrom", LinkFields.bookerPrefix]
        }
    }

    private func has(_ field: String) -> Bool {
        formNames.contains { $0.hasSuffix(".") || $0.hasSuffix("_") ? field.hasPrefix($0) : field == $0 }
    }

    /// The form with what the link says in place of whatever was sent of the locked sections: a browser leaves out
    /// what cannot be changed, and somebody's own request is no way around that.
    static func kept(_ data: FormData, of link: Link, locked: Set<LinkSection>, zone: Zone) -> FormData {
        guard !locked.isEmpty else { return data }
        let isLocked: (String) -> Bool = { name in locked.contains { $0.has(name) } }
        var stored = LinkFields.filled(link, hasOwnHours: false, zone: zone).values.filter { isLocked($0.key) }
        // Hours by the attendee's clock are put back as they are, not read again.
        if stored["bookerHoursFrom"] != nil { stored["bookerHoursFrom"] = "any" }
        let rest = data.pairs.filter { !isLocked($0.0) }
        return FormData(rest + stored.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}

extension LinkWish {
    /// What the template keeps stays as it is.
    mutating func keep(_ locked: Set<LinkSection>, of link: Link?) {
        guard let link else { return }
        for section in locked { section.copy(from: link.rules, to: &rules) }
        if locked.contains(.questions) { questions = nil }
    }
}

extension Link {
    /// Whether this section says something else here than there.
    func differs(from other: Link, in section: LinkSection) -> Bool {
        if section == .questions { return questions.map(\.asked) != other.questions.map(\.asked) }
        var same = rules
        section.copy(from: other.rules, to: &same)
        return same != rules
    }
}

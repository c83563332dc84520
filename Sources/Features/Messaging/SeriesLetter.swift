/// What a mail about several meetings of a series says beside what it says of the first.
import Capabilities
import Scheduling
import Web

extension BookingMailFacts {
    /// Several meetings that one mail tells of.
    package struct Together: Sendable {
        package struct Meeting: Hashable, Sendable {
            package var starts: Instant
            package var ends: Instant
            /// Where it was before a move.
            package var before: Instant?

            package init(starts: Instant, ends: Instant, before: Instant? = nil) {
                (self.starts, self.ends, self.before) = (starts, ends, before)
            }
        }

        package var id: String
        /// Which change of the series this mail tells of.
        package var occasion: String
        package var meetings: [Meeting]

        package init(id: String, occasion: String, meetings: [Meeting]) {
            (self.id, self.occasion, self.meetings) = (id, occasion, meetings)
        }
    }
}

extension BookingMailFacts {
    /// Several meetings in one mail, which is a mail of its own and no answer to one about the first of them.
    package mutating func tell(of series: Together) {
        (self.series, bookingID, occasion) = (series, series.id, series.occasion)
    }
}

extension BookingLetter {
    /// The subject where a mail tells of several meetings; nil for one.
    var seriesSubject: String? {
        guard let series = facts.series, series.meetings.count > 1 else { return nil }
        let (count, title) = (series.meetings.count, Mailbox.cleaned(facts.title))
        let when = "\(day(facts.starts, reader)), \(time(facts.starts, reader))"
        return switch kind {
        case .cancelled: plain("Cancelled: \(count) meetings, \(title), the first on \(when)")
        case .moved: plain("Moved: \(count) meetings, \(title), from \(when)")
        default: plain("Confirmed: \(count) meetings, \(title), from \(when)")
        }
    }

    var seriesOpening: String? {
        guard let series = facts.series, series.meetings.count > 1 else { return nil }
        let (count, name, isOwn) = (series.meetings.count, Mailbox.cleaned(other.name),
                                    facts.actor == party || facts.deputy != nil)
        return switch kind {
        case .cancelled:
            isOwn ? plain("\(count) meetings are cancelled. This was the first of them:")
                : plain("\(Mailbox.cleaned(canceller)) cancelled \(count) meetings. This was the first of them:")
        case .moved:
            isOwn ? plain("\(count) meetings are moved. The first is now:")
                : plain("\(Mailbox.cleaned(canceller)) moved \(count) meetings. The first is now:")
        default:
            party == .host ? plain("\(name) booked \(count) meetings with you. The first is:")
                : plain("\(count) meetings are confirmed. The first is:")
        }
    }

    /// Who changed them.
    private var canceller: String { facts.actor == .host ? facts.host.name : facts.attendee.name }

    /// All their dates, one to a line.
    var seriesRows: [Row] {
        guard let series = facts.series, series.meetings.count > 1 else { return [] }
        let lines = series.meetings.map { meeting in
            let range = DateWords.range(
                from: reader.zone.local(at: meeting.starts), to: reader.zone.local(at: meeting.ends), reader.clock)
            let now = "\(day(meeting.starts, reader)), \(range)"
            guard let before = meeting.before, before != meeting.starts else { return now }
            return plain("\(now), before \(day(before, reader)), \(time(before, reader))")
        }
        return [Row(label: plain("All dates"), value: lines.joined(separator: "\n"))]
    }

    var seriesNote: String? {
        guard let series = facts.series, series.meetings.count > 1 else { return nil }
        let reach = plain("Answer this mail to reach \(Mailbox.cleaned(other.name)).")
        let file = switch kind {
        case .cancelled: plain("Open the attached file to take the meetings out of your calendar.")
        case .moved: plain("Open the attached file to move the meetings in your calendar.")
        default: plain("Open the attached file to put all the meetings into your calendar.")
        }
        return "\(file) \(reach)"
    }
}

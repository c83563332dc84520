/// Reads what a host wants of a poll, and how they decide it: the same rules for the pages and the API.
import Capabilities
import Database
import Scheduling
import Web

enum PollReading {
    /// What an address or a form says was picked; nothing of it is believed. One more than may be, so that whoever
    /// picks too many is told.
    static func moments(_ data: FormData, _ kind: PollKind) -> [PollMoment] {
        let given = data.all("options").compactMap { PollMoment($0) }
            .filter { ($0.day != nil) == (kind == .days) }
        return Array(given.reduce(into: [PollMoment]()) { if !$0.contains($1) { $0.append($1) } }
            .prefix(Poll.mostOptions + 1))
    }

    /// Of the times that are shown to choose from, in minutes.
    static func length(_ data: FormData) -> Int {
        let given = (data["length"] ?? data["minutes"]).flatMap { Int($0) }
        return given.flatMap { OneOff.lengths.contains($0) ? $0 : nil } ?? 60
    }

    /// One more, out of a day, a time of day and a length.
    static func picked(
        _ fields: inout Fields, zone: Zone, now: Instant, among moments: [PollMoment]
    ) -> OneOff.Time? {
        let date = fields.date("day", label: plain("Day"))
        let time = date.flatMap { clockTime(&fields, on: $0, zone: zone) }
        if moments.count >= Poll.mostOptions { tooMany("at", &fields) }
        if let time { check([.time(time)], "at", &fields, zone: zone, now: now) }
        return time
    }

    private static func tooMany(_ name: String, _ fields: inout Fields) {
        fields.fail(name, "too_many", plain("At most \(Poll.mostOptions). Take one off first."))
    }

    /// `at` and `minutes` on a day.
    static func clockTime(_ fields: inout Fields, on date: LocalDate, zone: Zone) -> OneOff.Time? {
        let minutes = fields.integer("minutes", OneOff.lengths, label: plain("Length in minutes"))
        let at = fields.parsed(
            "at", label: plain("Start"), { ClockText.minutes($0).flatMap { $0 < 1_440 ? $0 : nil } },
            plain("Write a time such as 9:30 or 14:00."))
        return at.map {
            OneOff.Time(start: zone.instant(of: LocalTime(date: date, secondOfDay: $0 * 60)), minutes: minutes)
        }
    }

    private static func check(
        _ moments: [PollMoment], _ name: String, _ fields: inout Fields, zone: Zone, now: Instant
    ) {
        let last = now.adding(days: Poll.mostAhead)
        let isBeyond = moments.contains { moment in
            if let time = moment.time { return time.start <= now || time.start > last }
            return moment.end(in: zone) <= now || moment.end(in: zone) > last
        }
        if isBeyond { fields.fail(name, "out_of_range", plain("Pick from now to a year from now.")) }
    }

    static func read(
        _ fields: inout Fields, _ kind: PollKind, _ moments: [PollMoment], zone: Zone, now: Instant
    ) -> PollWish {
        let name = fields.isForm ? "options" : kind == .days ? "dates" : "times"
        if moments.isEmpty { fields.fail(name, "missing", plain("Pick at least one first.")) }
        if moments.count > Poll.mostOptions { tooMany(name, &fields) }
        check(moments, name, &fields, zone: zone, now: now)
        let title = fields.text("title", 1...Poll.longestTitle, label: plain("Title"))
        let place = fields.optionalText("place", atMost: Poll.longestPlace, label: plain("Where")) ?? ""
        let invited = invited(&fields)
        var rules = PollRules()
        rules.anyone = fields.flag("open", otherwise: !fields.isForm, label: plain("Open to whoever has the address"))
        rules.hidesVotes = fields.flag("hidesVotes", label: plain("Hide what others say"))
        rules.takesProposals = fields.flag("takesProposals", label: plain("Take proposals"))
        rules.holds = fields.flag("holds", label: plain("Keep these times from others"))
        rules.deadline = deadline(&fields, now: now)
        if !rules.anyone, invited.isEmpty {
            fields.fail("open", "missing", plain("Invite somebody, or let whoever has the address answer."))
        }
        if rules.holds, kind == .days {
            fields.fail("holds", "invalid", plain("Whole days cannot be kept, only times."))
        }
        return PollWish(
            title: title, place: place, zone: zone.name, kind: kind, moments: moments, rules: rules, invited: invited)
    }

    /// When it closes by itself: in so many days of a form, at an instant of the API.
    static func deadline(_ fields: inout Fields, now: Instant) -> Instant? {
        if fields.isForm {
            let days = fields.optionalInteger("days", 1...Poll.mostDays, label: plain("Closes"))
            return days.map { now.adding(days: $0) }
        }
        guard fields.has("deadline"), let deadline = fields.instant("deadline", label: plain("Deadline")) else {
            return nil
        }
        if !(now.adding(minutes: 1)...now.adding(days: Poll.mostDays)).contains(deadline) {
            fields.fail(
                "deadline", "out_of_range", plain("The deadline is a minute to \(Poll.mostDays) days from now."))
        }
        return deadline
    }

    /// Addresses, one to a line or separated by commas, each once.
    private static func invited(_ fields: inout Fields) -> [String] {
        let given = fields.texts("invited", 0...Poll.mostInvited, length: 20_000, label: plain("Invited"))
        var (seen, invited, wrong): (Set<String>, [String], [String]) = ([], [], [])
        for text in given.flatMap({ $0.split { $0 == "," || $0 == ";" || $0.isWhitespace } }) {
            guard let address = EmailAddress(String(text)) else {
                wrong.append(Mailbox.cleaned(String(text), longest: 60))
                continue
            }
            if seen.insert(address.folded).inserted { invited.append(address.text) }
        }
        if !wrong.isEmpty {
            let shown = wrong.prefix(5).map { "“\($0)”" }.joined(separator: ", ")
            fields.fail("invited", "invalid", plain("No e-mail address: \(shown). Write them like sam@example.com."))
        } else if invited.count > Poll.mostInvited {
            fields.fail("invited", "too_many", plain("Invite at most \(Poll.mostInvited)."))
        }
        return invited
    }
}

/// How a host decides one.
package struct PollDecision: Hashable, Sendable {
    package var option: ID<PollOption>
    /// Who comes; the first is the attendee, the others are guests.
    package var voters: [ID<PollVoter>]
    /// The time of the meeting: the option itself, or one of its day.
    package var time: OneOff.Time
}

extension PollDecision {
    /// The names are the API's: `optionId`, `voterIds`, and of a day `start` and `durationMinutes`, or a form's `at`
    /// and `minutes`. Without a word those come who could.
    /// - Returns: nil with the mistakes noted.
    static func read(
        _ fields: inout Fields, _ poll: Poll, _ voters: [PollVoter], zone: Zone
    ) -> PollDecision? {
        guard let id: ID<PollOption> = fields.id("optionId", label: plain("Option")) else { return nil }
        guard let option = poll.option(id) else {
            fields.fail("optionId", "unknown", plain("This poll has no such option."))
            return nil
        }
        let named = fields.isForm || fields.has("voterIds")
        let given = fields.texts("voterIds", 0...Poll.mostVoters, length: 40, label: plain("Who comes"))
        let known = Set(voters.map(\.id.text))
        if given.contains(where: { !known.contains($0) }) {
            fields.fail("voterIds", "unknown", plain("Name people of this poll alone."))
        }
        let wanted = Set(given)
        let ranks: [PollAnswer?: Int] = [.yes: 0, .ifNeedBe: 1]
        let coming = voters.filter { voter in
            named ? wanted.contains(voter.id.text) : [.yes, .ifNeedBe].contains(voter.votes[id])
        }.enumerated().sorted {
            (ranks[$0.element.votes[id]] ?? 2, $0.offset) < (ranks[$1.element.votes[id]] ?? 2, $1.offset)
        }.map(\.element.id)
        if coming.isEmpty { fields.fail("voterIds", "missing", plain("Choose at least one who comes.")) }
        if coming.count > Poll.mostInvited + 1 {
            fields.fail("voterIds", "too_many", plain("At most \(Poll.mostInvited + 1) can come."))
        }
        let time = option.moment.time ?? option.moment.day.flatMap { clockTime(&fields, on: $0, zone: zone) }
        return time.map { PollDecision(option: id, voters: coming, time: $0) }
    }

    private static func clockTime(_ fields: inout Fields, on day: LocalDate, zone: Zone) -> OneOff.Time? {
        if fields.isForm { return PollReading.clockTime(&fields, on: day, zone: zone) }
        let start = fields.instant("start", label: plain("Start"))
        let minutes = fields.integer("durationMinutes", OneOff.lengths, label: plain("Length in minutes"))
        guard let start else { return nil }
        guard zone.local(at: start).date == day else {
            fields.fail("start", "out_of_range", plain("This is not on the chosen day."))
            return nil
        }
        return OneOff.Time(start: start, minutes: minutes)
    }
}

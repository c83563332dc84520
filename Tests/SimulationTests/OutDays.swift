/// A host cannot come on a day: each of their meetings is given away, asked about, cancelled or kept, once.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func beOut() async throws -> String {
        let near = open.filter { $0.starts < now.adding(days: 3) }
        guard let meeting = someone(of: near), let user = chance.one(of: meeting.crew.hosts),
            let zone = town.people[user].flatMap({ Town.zones.zone($0.zone) })
        else { return "no meeting" }
        let (tenant, day) = (meeting.tenant, zone.local(at: meeting.starts).date)
        let closes = chance.happens(percent: 40)
        let scope = doer(for: user, in: tenant), key = key("out")
        let words = try await press(user, on: day, zone, closes: closes, [:], key, scope: scope, tenant)
        guard chance.happens(percent: 30) else { return "\(user) on \(day)\(closes ? ", closed" : ""): \(words.text)" }
        // Sent twice: what was done is not done again.
        let again = try await press(user, on: day, zone, closes: closes, words.deeds, key, scope: scope, tenant)
        count("days out, twice")
        return "\(user) on \(day), twice: \(words.text), \(again.text)"
    }

    private typealias Deeds = [ID<Booking>: OutDeed]

    /// One press of the form.
    /// - Parameter done: what the press before did, by booking.
    private func press(
        _ user: ID<User>, on day: LocalDate, _ zone: Zone, closes: Bool, _ done: Deeds, _ key: RequestKey, scope: Scope,
        _ tenant: Int
    ) async throws -> (text: String, deeds: Deeds) {
        let out = OutToday(installation)
        let meetings = try await out.meetings(of: user, on: day, zone: zone, scope: scope)
        let (midnight, next) = (zone.instant(of: day), zone.instant(of: day.adding(days: 1)))
        let wanted = open.filter { meeting in
            meeting.tenant == tenant && meeting.crew.hosts.contains(user) && meeting.starts >= midnight
                && meeting.starts < next
        }
        if Set(wanted.map(\.id)) != Set(meetings.map(\.booking.id)) {
            findings.append("out today: \(meetings.map(\.booking.id)) on \(day) of \(user), not \(wanted.map(\.id))")
        }
        var wish = OutToday.Wish(day: day, closes: closes, deeds: [:])
        for meeting in meetings {
            let deed = done[meeting.booking.id] ?? chance.one(of: meeting.deeds) ?? .keep
            wish.deeds[meeting.booking.id] = (deed, "ill")
        }
        let before = try await daysAway(of: user, from: day, scope: scope)
        let outcomes = try await out(wish, meetings: meetings, of: user, key: key, scope: scope)
        let after = try await daysAway(of: user, from: day, scope: scope)
        for away in after where !before.contains(away) {
            aways.append((away.id, scope))
            expected.note(away, in: tenant, town)
        }
        if closes, after.isEmpty { findings.append("out today: \(day) of \(user) is not closed") }
        count("days out")
        var deeds: Deeds = [:]
        for (place, outcome) in outcomes.enumerated() {
            let id = outcome.meeting.booking.id
            if outcome.refusal == nil { deeds[id] = outcome.deed }
            if done[id] != nil, outcome.deed != .keep {
                if let words = outcome.refusal { findings.append("out today: \(id) was done before, then \(words)") }
                continue
            }
            expected.actor = scope.actor
            try await accept(outcome, of: user, isFirst: place == 0, scope: scope)
        }
        return ("\(outcomes.map { "\($0.deed) \($0.meeting.booking.id)\($0.refusal.map { ", \($0)" } ?? "")" })", deeds)
    }

    private func daysAway(of user: ID<User>, from day: LocalDate, scope: Scope) async throws -> [TimeAway] {
        try await database.read(scope) { tx in
            try TimeAwayStore.ahead(of: user, from: day, scope: scope, in: tx)
                .filter { $0.kind == .outOfOffice && $0.from <= day }
        }
    }

    private func accept(_ outcome: OutToday.Outcome, of user: ID<User>, isFirst: Bool, scope: Scope) async throws {
        let id = outcome.meeting.booking.id
        guard let meeting = expected.meetings[id], outcome.deed != .keep else { return }
        let wish = ProposalWish(message: "ill")
        if let words = outcome.refusal {
            let isRight = switch outcome.deed {
            case .ask:
                words == ProposalRefusal.asked.message && expected.question(of: meeting)?.starts.isEmpty == false
                    || words == ProposalRefusal.tooLate.message
                    && expected.answerEnds(wish, of: meeting) - now < Int64(Proposal.leastMinutes) * 60
            // Who was free may have been given another one of the day.
            case .give: words == ReassignRefusal.nobodyFree.message && !isFirst
            case .cancel, .keep: false
            }
            if !isRight { findings.append("out today: \(outcome.deed) \(id), \(meeting.status): \(words)") }
            return
        }
        count("out: \(outcome.deed)")
        let json = try await told(id, scope: scope)
        switch outcome.deed {
        case .keep: break
        case .ask: try await acceptProposal(json, wish, of: id)
        case .cancel:
            acceptCancellation(of: id, quietly: false)
            expected.note(scope, about: id, isAbout: true)
        case .give:
            if let crew = crew(json) { acceptHandOver(of: id, from: user, to: nil, crew) }
            expected.note(scope, about: id, isAbout: false)
        }
    }

    /// A booking as the API tells it.
    func told(_ id: ID<Booking>, scope: Scope) async throws -> JSON {
        try await database.read(scope) { tx in
            guard let booking = try BookingStore.find(id, scope: scope, in: tx),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { return .null }
            let history = try BookingStore.history(of: id, scope: scope, in: tx)
            return BookingJSON(booking, link: link, history: history, zones: Town.zones).json(token: nil)
        }
    }
}

/// Days on which somebody is out of office.
struct Absence {
    let id: ID<TimeAway>
    let user: ID<User>
    let tenant: Int
    let time: Span
}

extension Expected {
    mutating func note(_ away: TimeAway, in tenant: Int, _ town: Town) {
        guard away.kind == .outOfOffice, let zone = town.people[away.user].flatMap({ Town.zones.zone($0.zone) }) else {
            return
        }
        let time = Span(start: zone.instant(of: away.from), end: zone.instant(of: away.to.adding(days: 1)))
        absences.append(Absence(id: away.id, user: away.user, tenant: tenant, time: time))
    }
}

extension Simulation {
    /// Nobody is met on a day on which they are out.
    func judgeThere(_ hosts: [ID<User>], from starts: Instant, to ends: Instant, _ what: String) {
        // A person's time is one, wherever they said so.
        for absence in expected.absences where hosts.contains(absence.user) {
            if absence.time.start < ends, starts < absence.time.end {
                findings.append("\(what): \(absence.user) is out from \(absence.time.start) to \(absence.time.end)")
            }
        }
    }
}

/// Whether those who come to a meeting are those who may: as many as its link says, none who is off, and free rooms.
import Database
import Scheduling

@testable import Features

extension Simulation {
    /// Who was chosen for a new meeting, or for a hold.
    func judge(_ crew: Crew, on link: LinkFacts, from starts: Instant, to ends: Instant, claim: String) {
        if let wrong = wrong(crew.hosts, on: link) { findings.append("crew of \(claim): \(wrong)") }
        for host in crew.hosts where expected.off.contains("\(link.tenant) \(host)") {
            findings.append("crew of \(claim): \(host) is switched off")
        }
        judgeThere(crew.hosts, from: starts, to: ends, "crew of \(claim)")
        judgeRooms(crew, on: link, from: starts, to: ends, claim: claim)
    }

    /// Who comes to a meeting that was moved.
    func judge(_ crew: Crew, moving before: Meeting, on link: LinkFacts, from starts: Instant, to ends: Instant) {
        let claim = before.id.text
        if link.keepsHosts(of: before, off: expected.off) {
            // Whose time a hold keeps is known in no order.
            if Set(crew.hosts) != Set(before.crew.hosts) {
                findings.append("crew of \(claim): it has other hosts now")
            }
        } else {
            if let wrong = wrong(crew.hosts, on: link) { findings.append("crew of \(claim): \(wrong)") }
            if crew.hosts != before.crew.hosts { count("moves to other hosts") }
        }
        judgeThere(crew.hosts, from: starts, to: ends, "crew of \(claim)")
        judgeRooms(crew, on: link, from: starts, to: ends, claim: claim)
    }

    private func wrong(_ hosts: [ID<User>], on link: LinkFacts) -> String? {
        if Set(hosts).count != hosts.count { return "somebody comes twice" }
        if !Set(link.attending).isSubset(of: hosts) { return "somebody who always attends is missing" }
        var others = Set(hosts).subtracting(link.attending)
        for turn in link.turns {
            let taken = others.intersection(turn.hosts)
            if taken.count != turn.take { return "\(taken.count) of \(turn.take) who take turns" }
            others.subtract(taken)
        }
        return others.isEmpty ? nil : "\(others.count) of elsewhere"
    }

    /// One for each need; where what is optional is missing, nothing of it was free.
    func judgeRooms(_ crew: Crew, on link: LinkFacts, from starts: Instant, to ends: Instant, claim: String) {
        var others = Set(crew.resources)
        let taken = expected.taken(at: now, without: [claim])
        for need in link.needs {
            let had = others.intersection(need.oneOf)
            others.subtract(had)
            if had.count == 1 { continue }
            let asked = link.taken(need.oneOf.map(\.text), claim: claim, from: starts, to: ends)
            let isFree = asked.contains { time in !taken.contains(where: time.isTooNear) }
            if need.isRequired || isFree || had.count > 1 {
                findings.append("crew of \(claim): \(had.count) of \(need.oneOf.count) rooms or devices")
            }
        }
        if !others.isEmpty { findings.append("crew of \(claim): rooms that nobody needs") }
    }

    /// A booking of a link with several hosts.
    func count(_ kind: LinkKind, _ what: String) {
        if kind != .oneOnOne { count("\(what): \(kind.rawValue)") }
    }
}

extension LinkFacts {
    /// Whether nobody else can come when the booking is moved.
    fileprivate func keepsHosts(of meeting: Meeting, off: Set<String>) -> Bool {
        guard rotates, !approval.isRequired else { return true }
        let there = meeting.crew.hosts.filter { hosts.contains($0) && !off.contains("\(tenant) \($0)") }
        let stays = kind == .multiHost ? there.count == meeting.crew.hosts.count : !there.isEmpty
        return stays && (meeting.chosen.map(there.contains) ?? false || !movesReassign)
    }
}

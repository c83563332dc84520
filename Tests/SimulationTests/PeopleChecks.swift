/// The part of the checker that looks at people and rooms: who comes, who may decide, whose turn it was.
import Database
import Scheduling

@testable import Features

extension Checker {
    // MARK: Who comes

    /// Hosts, rooms, guests, answers and what is waited for, as they were answered.
    var unlikeCrews: [String] {
        var found: [String] = []
        let hosts = Dictionary(grouping: facts.hosts, by: \.booking)
        let rooms = Dictionary(grouping: facts.rooms, by: \.booking)
        let answers = Dictionary(grouping: facts.answers, by: \.booking)
        let guests = Dictionary(grouping: facts.guests, by: \.booking)
        let rows = Dictionary(facts.bookings.map { ($0.id, $0) }) { first, _ in first }
        for meeting in expected.meetings.values {
            let id = meeting.id.text
            if hosts[id]?.map({ "\($0.account) \($0.status) \($0.starts)" })
                != meeting.crew.hosts.map({ "\($0) \(meeting.status.rawValue) \(meeting.starts)" }) {
                found.append("\(id) has other hosts than were booked: \(hosts[id] ?? [])")
            }
            if Set((rooms[id] ?? []).map(\.resource)) != Set(meeting.crew.resources.map(\.text)) {
                found.append("\(id) has other rooms than were booked: \(rooms[id] ?? [])")
            }
            if answers[id]?.map(\.text) ?? [] != (meeting.answer.isEmpty ? [] : [meeting.answer]) {
                found.append("\(id) has other answers than were given")
            }
            if guests[id]?.map(\.text) ?? [] != meeting.guests { found.append("\(id) has other guests") }
            let (row, kept) = (rows[id], meeting.waiting?.kept)
            if row?.booker != meeting.booker?.email { found.append("\(id) was booked by somebody else") }
            if (row?.answerBy, row?.keptStarts, row?.keptEnds) != (meeting.waiting?.until, kept?.start, kept?.end) {
                found.append("\(id) waits otherwise than was answered")
            }
        }
        return found
    }

    // MARK: Who decides

    /// While a host is asked each has one right to decide, and nobody once there is nothing to decide.
    var unlikeRights: [String] {
        let living = Dictionary(grouping: facts.rights.filter { !$0.hasEnded }, by: \.booking)
        return expected.meetings.values.compactMap { meeting in
            let have = (living[meeting.id.text] ?? []).map(\.host).sorted()
            let wanted = meeting.isWaiting ? meeting.crew.hosts.map(\.text).sorted() : []
            return have == wanted ? nil : "rights to decide about \(meeting.id): \(have), not \(wanted)"
        }
    }

    // MARK: Whose turn it was

    /// What counts is whose turn it was, and the turns of a link are counted without a gap.
    var unlikeTurns: [String] {
        let counting = Dictionary(grouping: facts.turns.filter(\.counts), by: \.booking)
        var found: [String] = []
        for meeting in expected.meetings.values {
            let have = (counting[meeting.id.text] ?? []).map(\.host).sorted()
            let wanted = meeting.turns.map(\.text).sorted()
            if have != wanted { found.append("turns of \(meeting.id): \(have), not \(wanted)") }
        }
        for (link, turns) in Dictionary(grouping: facts.turns, by: \.link)
        where turns.map(\.number) != Array(1...turns.count) {
            found.append("turns of \(link) are numbered \(turns.map(\.number))")
        }
        return found
    }

    // MARK: Workspaces

    /// Nothing of one workspace stands in the other's rows.
    var strangers: [String] {
        var found: [String] = []
        let pairs = expected.meetings.values.map { ($0.id.text, town.tenants[$0.tenant]) }
        let sessions = expected.gatherings.values.map { ($0.id.text, town.tenants[$0.tenant]) }
        let series = expected.courses.values.map { ($0.id.text, town.tenants[$0.tenant]) }
        let proposals = expected.proposals.values.map { ($0.id.text, town.tenants[$0.tenant]) }
        let waiters = expected.waiters.values.map { ($0.id.text, town.tenants[$0.tenant]) }
        let calls = expected.calls.map { ($0.id.text, town.tenants[$0.tenant]) }
        let offers = expected.offerings.map { ($0.id.text, town.tenants[$0.tenant]) }
        let codes = expected.codes.map { ($0.code.id.text, town.tenants[$0.tenant]) }
        let others = series + proposals + waiters + calls + codes + offers
        let homes = Dictionary(pairs + sessions + others) { first, _ in first }
        func judge(_ workspace: String, _ booking: String, _ text: String, _ what: String) {
            guard let home = homes[booking] else { return }
            let isMarked = town.tenants.contains { $0.mark != home.mark && text.contains($0.mark) }
            if workspace != home.id.text || isMarked {
                found.append("\(what) of \(booking) is in another workspace")
            }
        }
        for row in facts.bookings { judge(row.workspace, row.id, row.name + row.email, "the row") }
        for row in facts.hosts { judge(row.workspace, row.booking, "", "a host") }
        for row in facts.history { judge(row.workspace, row.booking, "", "a history") }
        for row in facts.answers { judge(row.workspace, row.booking, row.text, "an answer") }
        for row in facts.guests { judge(row.workspace, row.booking, row.text, "a guest") }
        for row in facts.tokens { judge(row.workspace, row.booking, "", "a token") }
        for row in facts.jobs { judge(row.workspace, row.subject, "", "a job") }
        for row in facts.rooms { judge(row.workspace, row.booking, "", "a room") }
        for row in facts.rights { judge(row.workspace, row.booking, "", "a right to decide") }
        for row in facts.turns { judge(row.workspace, row.booking, "", "a turn") }
        for row in facts.series { judge(row.workspace, row.id, "", "the row") }
        for row in facts.proposals { judge(row.workspace, row.id, "", "the row") }
        for row in facts.waiting { judge(row.workspace, row.id, row.name + row.email, "the row") }
        for row in facts.calls { judge(row.workspace, row.id, row.wish, "the row") }
        for row in facts.offers { judge(row.workspace, row.id, row.whom, "the row") }
        for row in facts.sessions { judge(row.workspace, row.id, row.uid, "the row") }
        for row in facts.ledger where ["booking", "pending", "session"].contains(row.kind) {
            judge(row.workspace, row.ref, "", "a ledger row")
        }
        return found
    }
}

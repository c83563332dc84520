/// The part of the checker that looks at calls: how each ended, who took it, and who is mailed what was written.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

extension Facts {
    struct Called: Sendable {
        let id, workspace, link, wish, state, message: String
        let host, booking: String?
        var hosts: [String: Bool] = [:]
    }

    mutating func readCalls(_ tx: Transaction) throws {
        let hosts = try tx.all("SELECT ring, account, passed FROM ring_host") { row in
            (try row["ring"] as String, (try row["account"] as String, try row["passed"] as Int == 1))
        }
        let byCall = Dictionary(grouping: hosts, by: \.0)
        calls = try tx.all("SELECT id, workspace, link, wish, state, message, account, booking FROM ring") { row in
            let id: String = try row["id"]
            return Called(
                id: id, workspace: try row["workspace"], link: try row["link"], wish: try row["wish"],
                state: try row["state"], message: try row["message"], host: try row["account"],
                booking: try row["booking"],
                hosts: Dictionary((byCall[id] ?? []).map(\.1)) { first, _ in first })
        }
    }
}

extension Checker {
    var unlikeCalls: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.calls.map { ($0.id, $0) }) { first, _ in first }
        for call in expected.calls where !call.isForgotten {
            guard let row = rows[call.id.text] else {
                found.append("call: \(call.id) is not there")
                continue
            }
            if (row.state, row.host, row.booking, row.message)
                != (call.state.rawValue, call.host?.text, call.booking?.text, call.words) {
                found.append("call: \(row.id) is \(row.state), not \(call.state)")
            }
            let hosts = Dictionary(call.hosts.map { ($0.key.text, $0.value) }) { first, _ in first }
            if row.hosts != hosts { found.append("call: \(row.id) rings for others than it did") }
        }
        let known = Set(expected.calls.map(\.id.text))
        for row in facts.calls where !known.contains(row.id) {
            found.append("call: \(row.id) is there, and nobody called")
        }
        return found + unlikeMeetings
    }

    /// By the rows alone: what was taken is one meeting of whoever took it.
    private var unlikeMeetings: [String] {
        let hosts = Dictionary(grouping: facts.hosts, by: \.booking)
        let turns = Dictionary(grouping: facts.turns, by: \.booking)
        let taken = facts.calls.filter { $0.state == "accepted" }
        var found = taken.compactMap { call -> String? in
            guard let booking = call.booking, let own = hosts[booking], call.hosts[call.host ?? ""] != nil,
                own.map(\.account) == [call.host] || turns[booking].map({ $0.first?.host == call.host }) ?? false
            else { return "call: \(call.id) was taken by \(call.host ?? "nobody"), and they meet nobody" }
            return nil
        }
        let meetings = Dictionary(grouping: taken.compactMap(\.booking)) { $0 }
        found += meetings.filter { $0.value.count > 1 }.map { "call: \($0.value.count) came to \($0.key)" }
        return found
    }

    func unlikeEnd(ofWords job: Facts.Planned) -> String? {
        guard let id = ID<QueuedJob>(job.id), let ring = ID<Ring>(job.subject),
            let call = expected.calls.first(where: { $0.id == ring })
        else { return "job \(job.id) is about no call" }
        switch job.state {
        case "done": return expected.queue.mails[id] == nil ? "job \(job.id) is done, and no mail was taken" : nil
        case "skipped":
            let isRight = switch job.reason {
            case "too late": job.notAfter.map { ($0 < (job.endedAt ?? now)) } ?? false
            case "over": call.isForgotten
            // Judged when it was skipped: they may be a host again.
            case "no recipient": true
            default: false
            }
            return isRight ? nil : "job \(job.id) about \(call.id) was skipped: \(job.reason)"
        default: return unlikeEnd(job, id)
        }
    }
}

extension Simulation {
    func judgeWords(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        guard let id = ID<Ring>(job.subject), let call = expected.calls.first(where: { $0.id == id }),
            let payload = try? JSON(reading: Array(job.payload.utf8)),
            let host = payload["recipient"]?.string.flatMap(ID<User>.init)
        else { return findings.append("\(job.id) is a mail about no call") }
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        if case .skipped(let reason)? = outcome {
            if !mails.isEmpty { findings.append("\(job.id) was skipped, and sent") }
            let isOff = expected.off.contains("\(call.tenant) \(host)")
            if reason == "no recipient" && !isOff || reason == "over" && !call.isForgotten {
                findings.append("call: \(job.id) of \(id) was skipped: \(reason)")
            }
        }
        for mail in mails {
            count("mails with words")
            findings += expected.queue.took(mail.messageID, of: job.id)
            var wrong = strangers(in: mail, of: call.tenant)
            if mail.to.address.text != town.people[host]?.email { wrong.append("went to \(mail.to.address.text)") }
            if mail.replyTo?.address.text != call.wish.attendee.email { wrong.append("is answered to somebody else") }
            if call.words.isEmpty || !mail.text.contains(call.words) { wrong.append("has not what was written") }
            findings += wrong.map { "call: \(job.id) of \(id): \($0)" }
        }
    }
}

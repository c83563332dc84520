/// What hosts do with what they are asked: decide on the booking's page, or by the address in a mail; and give it away.
import Database
import Scheduling

@testable import Features

/// An address in a mail at which a host decides.
struct Right: Sendable {
    let token: String
    let booking: ID<Booking>
    let host: ID<User>
    /// How many wishes of the booking had ended when it was mailed.
    let wishesEnded: Int

    /// The address in the text of a mail; nil where there is none.
    static func token(in text: String) -> String? {
        guard let start = text.firstRange(of: "/book/approve/")?.upperBound else { return nil }
        return String(text[start...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
    }
}

extension Simulation {
    // MARK: Deciding

    func decide() async throws -> String {
        let waiting = expected.order.suffix(40).compactMap { expected.meetings[$0] }.filter(\.isWaiting)
        guard let meeting = someone(of: waiting) ?? chance.one(of: open) else { return "nothing waits" }
        // The page may have been open for a while.
        let seen = chance.weighted([(3, nil), (5, meeting.version), (1, meeting.version - 1)])
        return try await decide(
            meeting, seen: seen == 0 ? nil : seen, by: town.tenants[meeting.tenant].host)
    }

    /// By the address in a mail, which may be an old one.
    func tap() async throws -> String {
        guard let right = chance.one(of: rights.suffix(12)), let meeting = expected.meetings[right.booking] else {
            return "no mail asks"
        }
        let found = try await LookUps(database: database).approvalToken(right.token)
        let lives = meeting.isWaiting && meeting.wishesEnded == right.wishesEnded
        if found?.booking != right.booking || found?.host != right.host || (found?.endedVersion == nil) != lives {
            findings.append("the right of \(right.host) about \(right.booking) leads to \(String(describing: found))")
        }
        guard lives else { return "\(right.booking) was decided about before" }
        count("decisions by mail")
        let scope = Scope(workspace: town.tenants[meeting.tenant].id, actor: .user(right.host))
        return try await decide(meeting, seen: meeting.version, by: scope)
    }

    private func decide(_ meeting: Meeting, seen: Int?, by scope: Scope) async throws -> String {
        let decision = chance.happens(percent: 60) ? Decision.approved : .declined("no")
        return try await send(
            Wish(what: .decide(meeting.id, decision, seen: seen), key: key("decide"), scope: scope, sentAt: now))
    }

    // MARK: Giving away

    func reassign() async throws -> String {
        let several = open.filter { meeting in
            expected.link(meeting.link)?.rotates ?? false || chance.happens(percent: 15)
        }
        guard let meeting = someone(of: several), let link = expected.link(meeting.link) else { return "no meeting" }
        let leaving = chance.happens(percent: 50) ? chance.one(of: meeting.crew.hosts) : nil
        let heirs = link.rotates ? link.hosts : town.members(of: link.tenant)
        let heir = chance.happens(percent: link.rotates ? 50 : 95) ? chance.one(of: heirs) : nil
        return try await send(
            Wish(what: .reassign(meeting.id, from: leaving, to: heir), key: key("reassign"),
                 scope: town.tenants[meeting.tenant].host, sentAt: now))
    }
}

/// What the tests of polls share: one made by Ada, answers to it, and its mails.
import Database
import Fakes
import Foundation
import Logging
import Scheduling
import Web

@testable import Features

struct MadePoll: Sendable {
    let id: ID<Poll>
    /// Of its open address.
    let token: String
}

extension Stage {
    func poll(
        _ moments: [PollMoment], invited: [String] = [], kind: PollKind = .times, by scope: Scope? = nil,
        _ change: (inout PollRules) -> Void = { _ in }
    ) async throws -> MadePoll {
        var rules = PollRules()
        change(&rules)
        let wish = PollWish(
            title: "Steering group", place: "https://video.example/steering", zone: "Europe/Berlin", kind: kind,
            moments: moments, rules: rules, invited: invited)
        let make = MakePoll(installation, from: .console)
        let json = try JSON(reading: try await make(wish, key: nil, scope: scope ?? adas).body)
        let id = try (json["id"]?.string).flatMap(ID<Poll>.init).wanted("id")
        return MadePoll(id: id, token: String((json["url"]?.string ?? "").suffix(43)))
    }

    func time(_ start: Instant, _ minutes: Int = 60) -> PollMoment {
        .time(OneOff.Time(start: start, minutes: minutes))
    }

    func find(_ id: ID<Poll>) async throws -> Poll {
        let scope = scope
        return try (try await database.read(scope) { try PollStore.find(id, scope: scope, in: $0) }).wanted("poll")
    }

    func voters(_ id: ID<Poll>) async throws -> [PollVoter] {
        let scope = scope
        return try await database.read(scope) { try PollVoterStore.all(of: id, scope: scope, in: $0) }
    }

    /// Everything that polls mail, and their ends.
    func pollRunner(_ mail: FakeMail) -> JobRunner {
        let (send, close) = (SendPollMail(installation, mail: mail), CloseOverduePoll(installation))
        return JobRunner(
            database: database, work: [PollJobs.mail: { try await send($0) }, PollJobs.close: { try await close($0) }],
            world: world, logger: Logger(label: "test"))
    }
}

extension FakeMail {
    /// The token of the poll's address in the newest mail to somebody.
    func pollToken(to email: String) throws -> String {
        let text = try sent.last { $0.to.address.text == email }.wanted("mail to \(email)").text
        let found = text.components(separatedBy: "/poll/").dropFirst().first.map { String($0.prefix(43)) }
        return try found.wanted("address")
    }
}

extension Visitor {
    /// Sends answers to a poll's page: one for each of these options.
    func vote(
        _ token: String, _ votes: [(ID<PollOption>, PollAnswer)], name: String = "Óscar", email: String? = nil,
        form: String? = nil, _ more: [String: String] = [:]
    ) async -> Answer {
        var known = form
        if known == nil { known = await get("/poll/\(token)").field("form") }
        var fields = ["form": known ?? "", "name": name, "timezone": "Europe/Berlin"]
        if let email { fields["email"] = email }
        for (option, answer) in votes { fields["vote.\(option)"] = answer.rawValue }
        return await post("/poll/\(token)/votes", fields.merging(more) { $1 })
    }
}

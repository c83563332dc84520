/// What follows on a poll: mails to those who are asked and to its host, and its end at the deadline.
import Capabilities
import Database
import Scheduling
import Web

/// Why somebody who is asked gets a mail.
enum PollNews: String, CaseIterable, Sendable {
    case invited
    /// They have answered for the first time.
    case voted
    /// Somebody typed their address at the open one.
    case address
    /// It is decided, and they are not in the meeting.
    case decided
}

package enum PollJobs {
    /// Runs ``SendPollMail``.
    package static let mail = "poll_mail"
    /// Runs ``CloseOverduePoll``.
    package static let close = "poll_close"
    /// The payload of the mail to the host.
    static let host = "host"

    /// Why a mail was not sent: somebody who opens the poll again sends it.
    static let closed = "closed"

    /// Sends what was not sent because the poll was closed.
    static func tellAgain(_ voters: [ID<PollVoter>], now: Instant, in tx: Transaction) throws {
        try tx.replaySkipped(mail, of: voters.map(\.text), because: closed, now: now)
    }

    /// Whether the mails that say it is decided are still on their way.
    static func isTelling(_ voters: [ID<PollVoter>], in tx: Transaction) throws -> Bool {
        try tx.hasJobs(mail, payload(PollNews.decided.rawValue), of: voters.map(\.text))
    }

    /// Once for each voter and news; an address that others type is mailed at most once an hour.
    static func tell(
        _ news: PollNews, _ voter: ID<PollVoter>, world: World, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let hour = news == .address ? now.seconds / 3_600 : 0
        let job = NewJob(
            kind: mail, workspace: scope.workspace, subject: voter.text, version: 1, payload: payload(news.rawValue),
            dedupeKey: "\(mail)|\(voter)|\(news.rawValue)|\(hour)", ordering: "\(mail)|\(voter)", runAt: now)
        try tx.enqueue(job, now: now, id: world.id())
    }

    static func tellHost(of poll: Poll, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        let job = NewJob(
            kind: mail, workspace: scope.workspace, subject: poll.id.text, version: poll.version,
            payload: payload(host), dedupeKey: "\(mail)|\(poll.id)|\(host)|\(poll.version)",
            ordering: "\(mail)|\(poll.id)", runAt: now)
        try tx.enqueue(job, now: now, id: world.id())
    }

    /// Its end at the deadline, where it has one. It is closed then in any case; the job tells its host.
    static func end(_ poll: Poll, world: World, now: Instant, scope: Scope, in tx: Transaction) throws {
        guard let deadline = poll.rules.deadline else { return }
        let job = NewJob(
            kind: close, workspace: scope.workspace, subject: poll.id.text, version: poll.version,
            dedupeKey: "\(close)|\(poll.id)|\(poll.version)", ordering: "\(close)|\(poll.id)", runAt: deadline)
        try tx.enqueue(job, now: now, id: world.id())
    }

    private static func payload(_ news: String) -> String { JSON.object([("news", .string(news))]).text }
}

/// The work of `PollJobs.close`.
package struct CloseOverduePoll: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<Poll>(job.subject) else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        let found = try await installation.database.read(scope) { try PollStore.find(id, scope: scope, in: $0) }
        guard let poll = found else { return .skipped("deleted") }
        guard poll.version == job.version, poll.state == .open else { return .skipped("closed already") }
        return try await EndPoll(installation).lapse(id, version: job.version, scope: scope)
            ? .done : .retry("not over yet")
    }
}

/// The work of `PollJobs.mail`: reads the poll again and mails what is still so.
package struct SendPollMail: Sendable {
    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        (self.installation, self.mail) = (installation, mail)
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace,
            let news = (try? JSON(reading: Array(job.payload.utf8)))?["news"]?.string
        else { return .dead("unreadable payload") }
        let scope = Scope(workspace: workspace, actor: .system)
        if news == PollJobs.host { return try await tellHost(job, scope: scope) }
        guard let news = PollNews(rawValue: news), let id = ID<PollVoter>(job.subject) else {
            return .dead("unreadable payload")
        }
        return try await tell(news, id, job, scope: scope)
    }

    private func tell(_ news: PollNews, _ id: ID<PollVoter>, _ job: Job, scope: Scope) async throws -> JobOutcome {
        let (now, zones) = (installation.world.now, installation.world.zones)
        let found = try await installation.database.read(scope) { tx in
            let voter = try PollVoterStore.find(id, scope: scope, in: tx)
            let poll = try voter.flatMap { try PollStore.find($0.poll, scope: scope, in: tx) }
            return (
                voter, poll, try poll.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) },
                try LinkStore.workspaceName(scope: scope, in: tx),
                try PollVoterStore.token(of: id, keyring: installation.keyring, scope: scope, in: tx)
            )
        }
        guard let voter = found.0, let poll = found.1, let link = found.2 else { return .skipped("deleted") }
        guard let token = found.4 else { return .dead("the token cannot be opened") }
        if news != .decided, poll.state(now: now) != .open { return .skipped(PollJobs.closed) }
        let zone = (voter.zone ?? poll.zone)
        return try await JobOutcome.mailing(now: now) {
            let language = installation.language(voter.language ?? link.rules.look.language)
            let message = try Language.$current.withValue(language) {
                try PollMails.outgoing(
                    news, to: voter, poll, link, zone: zones.zone(zone) ?? .utc,
                    url: installation.url(Path("/poll/\(token)")), workspaceName: found.3,
                    occasion: job.dedupeOccasion, now: now, mailFrom: installation.mailFrom)
            }
            CrashPoint.reach("poll_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("poll_mail.after_send")
            return .done
        }
    }

    private func tellHost(_ job: Job, scope: Scope) async throws -> JobOutcome {
        guard let id = ID<Poll>(job.subject) else { return .dead("unreadable payload") }
        let now = installation.world.now
        let found = try await installation.database.read(scope) { tx in
            let poll = try PollStore.find(id, scope: scope, in: tx)
            return (
                poll, try poll.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) },
                try poll.flatMap { try AccountStore.member($0.author, workspace: scope.workspace, in: tx) },
                try PollVoterStore.answered([id], scope: scope, in: tx)[id] ?? 0,
                try LinkStore.workspaceName(scope: scope, in: tx)
            )
        }
        guard let poll = found.0, let link = found.1, let host = found.2 else { return .skipped("deleted") }
        guard poll.state == .closed, poll.version == job.version else { return .skipped("decided or open again") }
        guard host.canHost else { return .skipped("no host any more") }
        return try await JobOutcome.mailing(now: now) {
            let message = try PollHostMail.outgoing(
                to: host.account, title: link.rules.title, answered: found.3,
                url: installation.url(Path("/calendar/polls/\(id)")), workspaceName: found.4,
                occasion: job.dedupeOccasion, now: now, mailFrom: installation.mailFrom)
            CrashPoint.reach("poll_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("poll_mail.after_send")
            return .done
        }
    }
}

extension Job {
    /// What makes its mail one mail on every attempt.
    fileprivate var dedupeOccasion: String { id.text }
}

/// Making, mailing and taking back single-use links: each one transaction with all that follows from it.
import Capabilities
import Database
import Scheduling
import Web

/// What a host wants of one.
package struct SingleUseWish: Hashable, Sendable {
    package var name: String
    package var email: String
    package var answers: [Answered] = []
    package var host: ID<User>?
    package var revives = false
    package var expires: Instant?
}

package struct MakeSingleUse: Sendable {
    private static let route = "single-use-links"

    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// Asked twice with one key it is one. The reply is the API's: 201 with its address, which is not told again there.
    /// - Throws: `SingleUseRefusal`, `LinkRefusal`.
    package func callAsFunction(
        _ wish: SingleUseWish, link id: ID<Link>, key: RequestKey?, scope: Scope
    ) async throws -> Reply {
        guard let author = scope.behalf ?? scope.actor.person else { throw Common.forbidden }
        let (world, keyring) = (installation.world, installation.keyring)
        let now = world.now
        var one = SingleUse(
            id: world.id(), link: id, author: author, name: wish.name, email: wish.email, createdAt: now)
        (one.answers, one.host, one.revives, one.expires) = (wish.answers, wish.host, wish.revives, wish.expires)
        let (made, token) = (one, world.token())
        let sealed = keyring.seal(Array(token.utf8), bound: SingleUse.binding(made.id, scope.workspace))
        let entry = AuditEntry(.singleUseMade, of: made.id.text, from: origin, world)
        let reply = try await installation.write(locking: id, scope: scope) { tx in
            let replies = ReplyStore(scope: id.text, route: Self.route, keyring: keyring)
            if let reply = try replies.claim(key, now: now, in: tx) { return reply }
            guard let link = try LinkStore.locked(id, scope: scope, in: tx), link.deletedAt == nil, link.adHoc == nil
            else { throw LinkRefusal.notFound }
            guard link.canBeGiven else { throw SingleUseRefusal.kind }
            try link.checkOpen(now: now, scope: scope, in: tx)
            guard try SingleUseStore.countOpen(of: id, now: now, scope: scope, in: tx) < SingleUse.mostOpen else {
                throw SingleUseRefusal.tooMany
            }
            try SingleUseStore.insert(
                made, tokenHash: sha256(Array(token.utf8)), sealed: sealed, scope: scope, in: tx)
            try AuditStore.recordDeed(
                entry.about("\(link.rules.title), \(made.name)"), scope: scope.about(link.hosts.map(\.id)), in: tx)
            let told = SingleUseJSON(made, now: now).json(url: installation.url(Path("/single-use/\(token)")))
            let reply = Reply(status: 201, body: told.bytes)
            try replies.store(reply, for: key, in: tx)
            CrashPoint.reach("giving.before_commit")
            return reply
        }
        CrashPoint.reach("giving.after_commit")
        return reply
    }

    /// Nobody can use it any more; what was booked with it stays. Nothing where it was taken back before.
    package func withdraw(_ id: ID<SingleUse>, scope: Scope) async throws {
        let now = installation.world.now
        let entry = AuditEntry(.singleUseWithdrawn, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            let (one, link) = try Self.locked(id, scope: scope, in: tx)
            guard one.withdrawnAt == nil else { return }
            try SingleUseStore.withdraw(id, now: now, scope: scope, in: tx)
            try AuditStore.recordDeed(
                entry.about("\(link.rules.title), \(one.name)"), scope: scope.about(link.hosts.map(\.id)), in: tx)
        }
    }

    /// Mails the address to its contact.
    /// - Parameter seen: how many mails the page knew of; pressed twice, one goes out.
    package func mail(_ id: ID<SingleUse>, seen: Int, scope: Scope) async throws {
        let now = installation.world.now
        try await installation.database.write(scope) { tx in
            let (one, link) = try Self.locked(id, scope: scope, in: tx)
            guard one.state(now: now) == .unused else { throw SingleUseRefusal.over }
            if let refusal = try one.refusal(link, now: now, scope: scope, in: tx) { throw refusal }
            guard one.mails == seen else { return }
            guard one.mails < SingleUse.mostMails else { throw SingleUseRefusal.mailedOften }
            try SingleUseStore.mailed(id, now: now, scope: scope, in: tx)
            let job = NewJob(
                kind: SendSingleUseMail.kind, workspace: scope.workspace, subject: id.text, version: one.mails + 1,
                dedupeKey: "\(SendSingleUseMail.kind)|\(id)|\(one.mails + 1)",
                ordering: "\(SendSingleUseMail.kind)|\(id)", runAt: now)
            try tx.enqueue(job, now: now, id: installation.world.id())
        }
    }

    /// Whoever books with it has its link's row too, so one of the two is first.
    private static func locked(_ id: ID<SingleUse>, scope: Scope, in tx: Transaction) throws -> (SingleUse, Link) {
        guard let seen = try SingleUseStore.find(id, scope: scope, in: tx),
            let link = try LinkStore.locked(seen.link, scope: scope, in: tx),
            let one = try SingleUseStore.find(id, scope: scope, in: tx)
        else { throw Common.notFound }
        return (one, link)
    }
}

extension SingleUseWish {
    /// Reads a form or a body; the names are the API's. Only a form says how many days it can be used.
    static func read(_ fields: inout Fields, link: Link, now: Instant) -> SingleUseWish {
        var wish = SingleUseWish(
            name: fields.text("name", 1...BookingLimits.name, label: plain("Name")),
            email: fields.email("email", label: plain("E-mail")))
        wish.revives = fields.flag("revives", label: plain("Usable again after a cancellation"))
        if fields.isForm {
            let days = fields.optionalInteger("days", 1...SingleUse.mostDays, label: plain("How long"))
            wish.expires = days.map { now.adding(days: $0) }
        } else if fields.has("expiresAt"), let until = fields.instant("expiresAt", label: plain("Until")) {
            wish.expires = until
            if !(now.adding(minutes: 1)...now.adding(days: SingleUse.mostDays)).contains(until) {
                fields.fail(
                    "expiresAt", "out_of_range", plain("It can be used for a minute to \(SingleUse.mostDays) days."))
            }
        }
        if let host = fields.optionalText("hostId", atMost: 40, label: plain("Host")) {
            wish.host = link.canPin.first { $0.id.text == host }?.id
            if wish.host == nil {
                fields.fail("hostId", "invalid", plain("Only hosts who take turns on this link can be named."))
            }
        }
        if link.questions.isEmpty, let given = fields.json("answers"), given.members?.isEmpty != true {
            fields.fail("answers", "unknown", plain("This link asks nothing, so there is nothing to answer."))
        }
        // Nobody is asked yet: what is known is checked, and nothing is missing.
        var reading = AnswerReading(link.questions.map(\.optional))
        wish.answers = reading.read(&fields)
        return wish
    }
}

/// One as the API tells it.
struct SingleUseJSON {
    let one: SingleUse
    let now: Instant

    init(_ one: SingleUse, now: Instant) { (self.one, self.now) = (one, now) }

    /// - Parameter url: its address, told once by the call that makes it.
    func json(url: String? = nil) -> JSON {
        JSON(present: [
            ("id", .string(one.id.text)), ("linkId", .string(one.link.text)),
            ("state", .string(one.state(now: now).rawValue)), ("name", .string(one.name)),
            ("email", .string(one.email)), ("answers", answers), ("hostId", JSON(one.host?.text)),
            ("revives", .bool(one.revives)), ("expiresAt", JSON(one.expires?.rfc3339())),
            ("bookingId", JSON(one.use?.booking.text)), ("mailedAt", JSON(one.mailedAt?.rfc3339())),
            ("createdAt", .string(one.createdAt.rfc3339())), ("withdrawnAt", JSON(one.withdrawnAt?.rfc3339())),
            ("url", url.map { .string($0) }),
        ])
    }

    var answers: JSON {
        .object(one.answers.map { ($0.question.text, $0.json) })
    }
}

/// Mails the address of a single-use link to its contact, as long as it can be used.
package struct SendSingleUseMail: Sendable {
    package static let kind = "single_use_mail"

    let installation: Installation
    let mail: any MailProvider

    package init(_ installation: Installation, mail: any MailProvider) {
        (self.installation, self.mail) = (installation, mail)
    }

    package func callAsFunction(_ job: Job) async throws -> JobOutcome {
        guard let workspace = job.workspace, let id = ID<SingleUse>(job.subject) else {
            return .dead("unreadable payload")
        }
        let (scope, now) = (Scope(workspace: workspace, actor: .system), installation.world.now)
        let found = try await installation.database.read(scope) { tx in
            let one = try SingleUseStore.find(id, scope: scope, in: tx)
            let link = try one.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) }
            let refusal = try one.flatMap { one in
                try link.flatMap { try one.refusal($0, now: now, scope: scope, in: tx) }
            }
            return (
                one, refusal == nil ? link : nil, try LinkStore.workspaceName(scope: scope, in: tx),
                try SingleUseStore.token(of: id, keyring: installation.keyring, scope: scope, in: tx)
            )
        }
        guard let one = found.0, let link = found.1 else { return .skipped("over") }
        guard let token = found.3 else { return .dead("the token cannot be opened") }
        return try await JobOutcome.mailing(now: now) {
            let message = try Language.$current.withValue(installation.language(link.rules.look.language)) {
                try SingleUseMail.outgoing(
                    to: one.email, name: one.name, title: link.rules.title, length: link.rules.lengthWords,
                    host: link.hosts.first { $0.id == one.pinned(on: link) }?.name ?? link.hostWords,
                    url: installation.url(Path("/single-use/\(token)")), workspaceName: found.2,
                    occasion: "\(id)-\(job.version)", now: now, mailFrom: installation.mailFrom)
            }
            CrashPoint.reach("single_use_mail.before_send")
            _ = try await mail.send(message)
            CrashPoint.reach("single_use_mail.after_send")
            return .done
        }
    }
}

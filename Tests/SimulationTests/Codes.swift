/// Codes by mail: who asks for one, who types which, and that nobody books without who reads the mailbox.
import Capabilities
import Database
import Scheduling
import Web

@testable import Features

/// A code as it was asked for.
struct MailedCode {
    let code: EmailCode
    let tenant: Int
    let at: Instant
    /// How often another one was typed while it lived.
    var tries = 0
    /// The digits of its mail; nil before anybody has it.
    var read: String?

    func isLiving(_ now: Instant) -> Bool { code.expires > now }

    /// The mail that follows from it.
    var job: (key: String, at: Instant) { ("\(SendEmailCode.kind)|\(code.id)", at) }
}

extension Simulation {
    func askCode() async throws -> String {
        let links = expected.links.filter { $0.proves && !$0.isDeleted }
        guard let link = chance.one(of: links) else { return "no link" }
        let (tenant, now) = (town.tenants[link.tenant], now)
        // Whoever has not got it yet asks for another one.
        let last = expected.codes.last { $0.tenant == link.tenant && $0.isLiving(now) }
        let again = chance.happens(percent: 50) ? last : nil
        let email = again?.code.email ?? "v\(chance.number(1...9))@\(tenant.mark).example"
        var words: [String] = []
        // The button is at hand, and no mail comes.
        for _ in 0..<(chance.happens(percent: 20) ? 4 : 1) { words.append(try await askCode(email, on: link)) }
        return "\(email) on \(link.title): \(words)"
    }

    private func askCode(_ email: String, on link: LinkFacts) async throws -> String {
        let (scope, now) = (town.tenants[link.tenant].visitor, now)
        let known = expected.codes.filter { $0.tenant == link.tenant && $0.code.email == email && $0.isLiving(now) }
        let stored = try await database.read(scope) { try LinkStore.find(link.id, scope: scope, in: $0) }
        guard let stored else { return "no link" }
        let installation = installation
        let done = try await outcome {
            try await AskEmailCode(installation)(email, link: stored, language: .english, scope: scope)
        }
        if case .failure(let refused) = done { return refused.words }
        let rows: [ID<EmailCode>] = try await database.lookUp { tx in
            try tx.all("SELECT id FROM email_code WHERE email = \(email) AND expires_at > \(now)") { try $0["id"] }
        }
        let new = rows.filter { id in !known.contains { $0.code.id == id } }
        let isMore = known.count < EmailCode.mostOfAddress
        if new.count != (isMore ? 1 : 0) || rows.count != known.count + new.count {
            findings.append("codes: \(email) has \(rows.count), \(new.count) of them new, and had \(known.count)")
        }
        count(isMore ? "codes asked for" : "codes asked for in vain")
        for id in new {
            let found = try await database.read(scope) { try EmailCodeStore.find(id, scope: scope, in: $0) }
            guard let code = found?.code else { continue }
            let isRight = code.expires == now.adding(minutes: EmailCode.minutes) && code.link == link.id
            if !isRight || found?.sentTo != email {
                findings.append("codes: \(id) is of \(code.link) until \(code.expires) for \(found?.sentTo ?? "")")
            }
            expected.codes.append(MailedCode(code: code, tenant: link.tenant, at: now))
        }
        return "\(new)"
    }

    func typeCode() async throws -> String {
        // Whoever has asked for one waits for its mail.
        if let last = expected.codes.last, last.read == nil, last.isLiving(now), !crew[0].isStopped {
            _ = try await runErrands(0)
        }
        guard let code = expected.codes.last, let link = expected.link(code.code.link) else { return "no code" }
        return try await typeCode(on: link)
    }

    /// Somebody books with the code they have, or with one that is none of theirs.
    func typeCode(on link: LinkFacts, _ form: Keeping? = nil) async throws -> String {
        let all = expected.codes.suffix(12).filter { $0.code.link == link.id }
        guard let own = chance.one(of: all.filter { $0.read != nil && $0.isLiving(now) }) ?? chance.one(of: all) else {
            return "nobody has a code of \(link.title)"
        }
        let other = chance.one(of: Array(expected.codes.suffix(12)))
        let typed = chance.happens(percent: 75) ? own.read : chance.happens(percent: 50) ? other?.read : nil
        let email = chance.happens(percent: 10) ? other?.code.email ?? own.code.email : own.code.email
        guard try await proves(typed ?? "000000", email, on: link) else { return "\(email) is not proved" }
        count("bookings by code")
        return try await send(wish(
            on: link, start: form?.starts ?? someStart(of: link), hold: form?.token, email: email))
    }

    /// Whether the digits prove the address; they must exactly where they are those of its own mail, and in time.
    private func proves(_ typed: String, _ email: String, on link: LinkFacts) async throws -> Bool {
        let (scope, installation, now) = (town.tenants[link.tenant].visitor, installation, now)
        let done = try await outcome {
            try await EmailProof.check(typed, email, link: link.id, installation, scope: scope)
        }
        guard case .success(let proof) = done else { return false }
        let living = expected.codes.indices.filter { index in
            let one = expected.codes[index]
            return one.code.link == link.id && one.code.email == email && one.isLiving(now)
                && one.tries < EmailCode.mostTries
        }
        let isRight = living.contains { expected.codes[$0].code.text(town.keyring) == typed }
        let wanted: EmailProof = living.isEmpty ? .none : isRight ? .proven : .wrong
        if proof != wanted { findings.append("codes: \(typed) for \(email) is \(proof), not \(wanted)") }
        if wanted == .wrong { for index in living { expected.codes[index].tries += 1 } }
        count(proof == .proven ? "codes that prove" : "codes that do not")
        return proof == .proven
    }

    /// A code goes to its own address, as long as it opens something.
    func judgeCode(_ mails: [OutgoingMail], _ outcome: JobOutcome?, of job: Job) {
        guard let index = expected.codes.firstIndex(where: { $0.code.id.text == job.subject }) else {
            return findings.append("\(job.id) mails a code that nobody asked for")
        }
        let mailed = expected.codes[index]
        if outcome == .done, mails.count != 1 { findings.append("\(job.id) is done by \(mails.count) mails") }
        if case .skipped(let reason)? = outcome, reason == "over", mailed.isLiving(now) {
            findings.append("\(job.id), a code that opens something, was skipped")
        }
        for mail in mails {
            count("mails with codes")
            findings += expected.queue.took(mail.messageID, of: job.id)
            var wrong = strangers(in: mail, of: mailed.tenant)
            let digits = mail.text.split { !$0.isNumber }.map(String.init).filter { $0.count == EmailCode.digits }
            if digits != [mailed.code.text(town.keyring)] { wrong.append("says \(digits)") }
            if mail.to.address.text != mailed.code.email { wrong.append("went to \(mail.to.address.text)") }
            if !mailed.isLiving(now) { wrong.append("comes too late") }
            findings += wrong.map { "codes: \(job.id) to \(mailed.code.email) \($0)" }
            expected.codes[index].read = digits.first
        }
    }
}

extension Checker {
    /// How the mail of a code may end.
    func unlikeEnd(ofCode job: Facts.Planned) -> String? {
        let mailed = expected.codes.first { $0.code.id.text == job.subject }
        guard let id = ID<QueuedJob>(job.id), let mailed else { return "job \(job.id) is about nothing" }
        switch job.state {
        case "done": return expected.queue.mails[id] == nil ? "job \(job.id) is done, and no mail was taken" : nil
        case "skipped":
            let isOver = mailed.code.expires <= job.endedAt ?? now
            return isOver && ["over", "too late"].contains(job.reason) ? nil
                : "job \(job.id) was skipped: \(job.reason)"
        default: return unlikeEnd(job, id)
        }
    }
}

/// What strangers show before their booking is looked at: on the page and in the API.
import Database
import Scheduling
import Web

/// The door says no.
package enum DoorRefusal: Refusal, Equatable {
    case codeRequired
    case wrongCode
    /// A sum was to be worked out, and this is it.
    case proofRequired(Challenge)
    /// It has let a booking in already.
    case proofSpent
    /// So much was booked within the hour that a person would wait.
    case tooMany(seconds: Int)

    package var status: Int { isTooMany ? 429 : 422 }

    package var code: String {
        switch self {
        case .codeRequired, .wrongCode: "email_code_required"
        case .proofRequired, .proofSpent: "proof_of_work_required"
        case .tooMany: "rate_limited"
        }
    }

    package var message: String {
        switch self {
        case .codeRequired: plain("This link asks for a code. Have one mailed to the attendee’s address first.")
        case .wrongCode: plain("This is not the code of the newest mail, or it is over. Have another one mailed.")
        case .proofRequired:
            plain("This link asks programs for a proof of work. Solve the challenge, or have a code mailed.")
        case .proofSpent: plain("Your browser’s sum was used before. Send it once more; it works out another one.")
        case .tooMany(let seconds):
            plain("""
                \((seconds + 59) / 60)|one:A lot was booked from here within the hour. Try again in a minute, or ask \
                the host.|other:A lot was booked from here within the hour. Try again in %1 minutes, or ask the host.
                """)
        }
    }

    package var fields: [FieldError] {
        switch self {
        case .codeRequired: [FieldError(field: "emailCode", code: "missing", message: message)]
        case .wrongCode: [FieldError(field: "emailCode", code: "invalid", message: message)]
        case .proofRequired, .proofSpent: [FieldError(field: "proof", code: "missing", message: message)]
        case .tooMany: []
        }
    }

    package var members: [(String, JSON)] {
        guard case .proofRequired(let challenge) = self else { return [] }
        return [("challenge", challenge.json)]
    }

    package var headers: [(String, String)] {
        guard case .tooMany(let seconds) = self else { return [] }
        return [("Retry-After", String(seconds))]
    }

    private var isTooMany: Bool { if case .tooMany = self { true } else { false } }
}

/// Who may go on to book.
struct Doorkeeper: Sendable {
    let installation: Installation
    /// The network somebody comes from.
    let client: [UInt8]

    init(_ installation: Installation, _ request: Request) {
        (self.installation, client) = (installation, request.client)
    }

    /// For programs: refuses unless the address is proved, where the link asks for that.
    /// - Returns: what somebody who is turned away is told; nil for everybody else.
    func admit(_ wish: BookingRequest, code: String?, to link: Link, scope: Scope) async throws -> Reply? {
        let isBlocked = try await isBlocked(wish, scope: scope)
        guard isBlocked || wish.needsCode(link), try await !isRepeated(wish.key, link: link, scope: scope) else {
            return nil
        }
        if isBlocked { return Decoy.reply(wish, link, installation) }
        let typed = EmailCode.typed(code)
        guard !typed.isEmpty else {
            if link.rules.door.verifiesEmail { throw DoorRefusal.codeRequired }
            throw DoorRefusal.proofRequired(Challenge(link.id, installation))
        }
        let proof = try await EmailProof.check(
            typed, wish.attendee.email, link: link.id, installation, scope: scope)
        guard proof == .proven else { throw DoorRefusal.wrongCode }
        return nil
    }

    /// Books, if not too much was booked from there within the hour.
    func book(_ wish: BookingRequest, on link: Link, scope: Scope) async throws -> Reply {
        try await book(wish, on: link, scope: scope) {
            try await BookSlot(installation)(wish, link: link.id, scope: scope)
        }
    }

    /// The same for what books in another way under the key of the wish.
    /// - Parameter limits: how many one network may book within the hour, and how many these are.
    func book(
        _ wish: BookingRequest, on link: Link, _ limits: (most: Int, times: Int) = (DoorLimits.ofClient, 1),
        scope: Scope, _ take: () async throws -> Reply
    ) async throws -> Reply {
        let counted = installation.doors.take(
            client: client, email: wish.attendee.email, booker: wish.bookedBy?.email, link: link.id,
            most: limits.most, times: limits.times, now: installation.world.now)
        guard case .counted(let keys) = counted else {
            // Whoever asks again for what they have booked is no crowd.
            guard try await isRepeated(wish.key, link: link, scope: scope) else { throw counted.refusal }
            return try await take()
        }
        do {
            let reply = try await take()
            if reply.replayed { installation.doors.giveBack(keys) }
            return reply
        } catch {
            installation.doors.giveBack(keys)
            throw error
        }
    }

    /// Whether the attendee is turned away, or who books for them.
    func isBlocked(_ wish: BookingRequest, scope: Scope) async throws -> Bool {
        if try await isBlocked(wish.attendee.email, scope: scope) { return true }
        guard let booker = wish.bookedBy else { return false }
        return try await isBlocked(booker.email, scope: scope)
    }

    func isBlocked(_ email: String, scope: Scope) async throws -> Bool {
        try await installation.database.read(scope) { tx in try BlockStore.isBlocked(email, scope: scope, in: tx) }
    }

    /// Whoever asks again with the key of a booking gets that booking; a code is over by then.
    func isRepeated(_ key: RequestKey?, link: Link, scope: Scope) async throws -> Bool {
        guard let key else { return false }
        let replies = ReplyStore(scope: link.id.text, route: "bookings", keyring: installation.keyring)
        return try await installation.database.read(scope) { tx in try replies.stored(key, in: tx) != nil }
    }
}

extension BookingRequest {
    /// Whether the address has to be proved: the link wants that, or it wants a proof of work that did not come.
    func needsCode(_ link: Link) -> Bool { link.needsCode(proof) }
}

extension Link {
    func needsCode(_ proof: Proof?) -> Bool {
        rules.door.verifiesEmail || rules.door.botDefence == .proofOfWork && proof == nil
    }
}

extension BookingRoutes {
    /// What somebody sees who does not come in, or not yet; nil for whoever may book.
    func atDoor(
        _ wish: BookingRequest, _ data: FormData, _ page: DetailsPage, _ visit: Visit, _ keeper: Doorkeeper
    ) async throws -> Answer? {
        let (link, scope) = (visit.link, visit.scope)
        let isProgram = !(data[Decoy.field] ?? "").isEmpty
        let isBlocked = try await keeper.isBlocked(wish, scope: scope)
        let isTurnedAway = isProgram || isBlocked
        guard isTurnedAway || wish.needsCode(link),
              try await !keeper.isRepeated(wish.key, link: link, scope: scope)
        else { return nil }
        if isTurnedAway { return try await decoy(wish, page, visit) }
        return try await proving(wish, data, page, visit)
    }

    /// Nothing is booked, and the time they kept is free again.
    private func decoy(_ wish: BookingRequest, _ page: DetailsPage, _ visit: Visit) async throws -> Answer {
        if let hold = wish.holdToken {
            try await HoldSlot(installation).release(token: hold, link: visit.link, scope: visit.scope)
        }
        return .page(DecoyPage(
            link: visit.link, workspaceName: page.workspaceName, start: wish.start, email: wish.attendee.email,
            zone: page.zone, clock: page.clock).html)
    }

    /// The page once more, with a field for the code; nil when the address is proved.
    private func proving(
        _ wish: BookingRequest, _ data: FormData, _ page: DetailsPage, _ visit: Visit
    ) async throws -> Answer? {
        let (link, scope, email) = (visit.link, visit.scope, wish.attendee.email)
        let typed = EmailCode.typed(data["emailCode"])
        var proof = EmailProof.none
        if !typed.isEmpty, data["again"] == nil {
            proof = try await EmailProof.check(typed, email, link: link.id, installation, scope: scope)
        }
        if proof == .proven { return nil }
        var page = page
        if proof == .wrong {
            page.filled.errors.append(contentsOf: DoorRefusal.wrongCode.fields)
        } else {
            try await AskEmailCode(installation)(email, link: link, language: Language.current, scope: scope)
            page.filled.values["emailCode"] = nil
        }
        page.codeSentTo = email
        // Looking for a mail takes a while; the time stays theirs meanwhile.
        if let hold = wish.holdToken {
            page.heldUntil = try await HoldSlot(installation).extend(token: hold, link: link, scope: scope)
                ?? page.heldUntil
        }
        return .page(page.html, status: proof == .wrong ? 422 : 200)
    }
}

extension DetailsPage {
    var code: HTML { EmailCodeField(sentTo: codeSentTo, filled: filled, keepsTime: true).html }
}

/// Asks for the code that was mailed.
struct EmailCodeField {
    let sentTo: String?
    let filled: Filled
    /// Whether a time is held while they look for the mail.
    let keepsTime: Bool

    var html: HTML {
        guard let sentTo else { return .empty }
        let address: HTML = "<bdi>\(sentTo)</bdi>"
        let words = keepsTime ? say("A code is on its way to \(address). Type it here; your time is kept meanwhile.")
            : say("A code is on its way to \(address). Type it here.")
        return """
            \(Components.banner(.notes, words, isMet: filled.errors.isEmpty))\
            \(Components.field("emailCode", plain("Code from the mail"), in: filled, typing: .number,
                               hint: say("Six digits. Look into your spam folder as well."),
                               autocomplete: "one-time-code", short: true))\
            <p>\(Components.button(plain("Mail another code"), .quiet, name: "again", value: "1"))</p>
            """
    }
}

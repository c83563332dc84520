/// A request of somebody outside, as it may be sent once, twice, or lost on its way.
import Database
import Scheduling

@testable import Features

struct Wish: Sendable {
    enum What: Sendable {
        case book(BookingRequest, ID<Link>)
        case move(ID<Booking>, Instant)
        case cancel(ID<Booking>, quietly: Bool)
        case correct(ID<Booking>, String)
        /// With the version that was looked at, if one was.
        case decide(ID<Booking>, Decision, seen: Int?)
        /// To another host, or to whose turn it is.
        case reassign(ID<Booking>, from: ID<User>?, to: ID<User>?)
        case propose(ID<Booking>, ProposalWish)
        /// One of the times that were proposed.
        case take(ID<Booking>, ID<Proposal>, Instant)
        /// All people of a session.
        case cancelSession(ID<GroupSession>)
        case moveSession(ID<GroupSession>, Instant)
        /// Several meetings of a series, seen from one of them.
        case cancelPart(ID<Booking>, SeriesPart)
        case movePart(ID<Booking>, SeriesPart, Instant, leaving: Bool)
        /// Times of a link, for whoever gets a mail.
        case keep(KeepWish, ID<Link>)
    }

    let what: What
    var key: RequestKey
    let scope: Scope
    let sentAt: Instant
    /// Whose token came with it.
    var asker = TokenHolder.attendee

    func callAsFunction(_ installation: Installation) async throws -> Reply {
        switch what {
        case .book(var request, let link):
            request.key = key
            return try await BookSlot(installation)(request, link: link, scope: scope)
        case .move(let id, let start):
            var move = MoveBooking(installation)
            move.asker = asker
            return try await move(id, to: start, key: key, scope: scope)
        case .cancel(let id, let quietly):
            var cancel = CancelBooking(installation)
            cancel.asker = asker
            return try await cancel(id, reason: "no time", quietly: quietly, key: key, scope: scope)
        case .correct(let id, let email):
            return try await CorrectAddress(installation)(id, to: email, key: key, scope: scope)
        case .decide(let id, let decision, let seen):
            return try await DecideApproval(installation)(id, decision, seen: seen, key: key, scope: scope)
        case .reassign(let id, let leaving, let heir):
            return try await ReassignBooking(installation)(id, from: leaving, to: heir, key: key, scope: scope)
        case .propose(let id, let wish):
            return try await ProposeTimes(installation)(id, wish, key: key, scope: scope)
        case .take(let id, let proposal, let start):
            var move = MoveBooking(installation)
            move.accepting = proposal
            return try await move(id, to: start, key: key, scope: scope)
        case .cancelSession(let id):
            return try await ChangeSession(installation).cancel(id, reason: "no time", key: key, scope: scope)
        case .moveSession(let id, let start):
            return try await ChangeSession(installation).move(id, to: start, key: key, scope: scope)
        case .cancelPart(let id, let part):
            return try await CancelSeries(installation)(id, part, reason: "no time", key: key, scope: scope)
        case .movePart(let id, let part, let start, let leaves):
            return try await MoveSeries(installation)(
                id, part, to: start, leavingTaken: leaves, key: key, scope: scope)
        case .keep(let wish, let link):
            return try await KeepTimes(installation)(wish, link: link, key: key, scope: scope)
        }
    }

    var name: String {
        switch what {
        case .book(let request, let link): "book \(request.start) on \(link), \(request.series?.count ?? 1) times"
        case .move(let id, let start): "move \(id) to \(start)"
        case .cancel(let id, let quietly): "cancel \(id)\(quietly ? ", quietly" : "")"
        case .correct(let id, let email): "correct \(id) to \(email)"
        case .decide(let id, let decision, let seen): "\(decision) \(id) as of \(seen ?? 0)"
        case .reassign(let id, let leaving, let heir):
            "give \(id) from \(leaving?.text ?? "its host") to \(heir?.text ?? "the next")"
        case .propose(let id, let wish): "propose \(wish.starts) for \(id) within \(wish.hours) hours"
        case .take(let id, let proposal, let start): "take \(start) of \(proposal) for \(id)"
        case .cancelSession(let id): "cancel all of \(id)"
        case .moveSession(let id, let start): "move all of \(id) to \(start)"
        case .cancelPart(let id, let part): "cancel \(part) from \(id)"
        case .movePart(let id, let part, let start, let leaves):
            "move \(part) from \(id) to \(start)\(leaves ? ", where free" : "")"
        case .keep(let wish, let link): "keep \(wish.starts) of \(link) until \(wish.until)"
        }
    }

    /// What it is counted as.
    var kind: String {
        switch what {
        case .book: "bookings"
        case .move: "moves"
        case .cancel: "cancellations"
        case .correct: "corrections"
        case .decide(_, .approved, _): "approvals"
        case .decide: "refusals of hosts"
        case .reassign: "handovers"
        case .propose: "proposals"
        case .take: "times taken by their mail"
        case .cancelSession: "sessions cancelled"
        case .moveSession: "sessions moved"
        case .cancelPart: "parts cancelled"
        case .movePart: "parts moved"
        case .keep: "offers"
        }
    }

    /// The booking from which several of a series are meant.
    var part: ID<Booking>? {
        switch what {
        case .cancelPart(let id, _), .movePart(let id, _, _, _): id
        default: nil
        }
    }

    /// The session that it is about as a whole.
    var session: ID<GroupSession>? {
        switch what {
        case .cancelSession(let id), .moveSession(let id, _): id
        default: nil
        }
    }

    /// The key of the same text for another request: somebody's bug, which must not get a stranger's reply.
    var forged: Wish {
        var forged = self
        forged.key = RequestKey(text: key.text, request: "another request")
        return forged
    }
}

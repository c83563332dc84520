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
    }

    let what: What
    var key: RequestKey
    let scope: Scope
    let sentAt: Instant

    func callAsFunction(_ installation: Installation) async throws -> Reply {
        switch what {
        case .book(var request, let link):
            request.key = key
            return try await BookSlot(installation)(request, link: link, scope: scope)
        case .move(let id, let start):
            return try await MoveBooking(installation)(id, to: start, key: key, scope: scope)
        case .cancel(let id, let quietly):
            return try await CancelBooking(installation)(
                id, reason: "no time", quietly: quietly, key: key, scope: scope)
        case .correct(let id, let email):
            return try await CorrectAddress(installation)(id, to: email, key: key, scope: scope)
        case .decide(let id, let decision, let seen):
            return try await DecideApproval(installation)(id, decision, seen: seen, key: key, scope: scope)
        case .reassign(let id, let leaving, let heir):
            return try await ReassignBooking(installation)(id, from: leaving, to: heir, key: key, scope: scope)
        }
    }

    var name: String {
        switch what {
        case .book(let request, let link): "book \(request.start) on \(link)"
        case .move(let id, let start): "move \(id) to \(start)"
        case .cancel(let id, let quietly): "cancel \(id)\(quietly ? ", quietly" : "")"
        case .correct(let id, let email): "correct \(id) to \(email)"
        case .decide(let id, let decision, let seen): "\(decision) \(id) as of \(seen ?? 0)"
        case .reassign(let id, let leaving, let heir):
            "give \(id) from \(leaving?.text ?? "its host") to \(heir?.text ?? "the next")"
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
        }
    }

    /// The key of the same text for another request: somebody's bug, which must not get a stranger's reply.
    var forged: Wish {
        var forged = self
        forged.key = RequestKey(text: key.text, request: "another request")
        return forged
    }
}

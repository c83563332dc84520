/// A link whose host decides, and what people do with it.
import Database
import Fakes
import Foundation
import Logging
import Scheduling
import Web

@testable import Features

extension Stage {
    var attendees: Scope { Scope(workspace: workspace, actor: .attendee) }

    /// `/book/ask`: as `intro`, but Ada decides within 48 hours.
    func askLink(_ change: (inout LinkRules) -> Void = { _ in }) async throws -> Link {
        try await makeLink("ask") { rules in
            rules.approval.isRequired = true
            change(&rules)
        }
    }

    @discardableResult
    func decide(
        _ id: ID<Booking>, _ decision: Decision, seen version: Int? = nil, key: RequestKey? = nil
    ) async throws -> Reply {
        try await DecideApproval(installation)(id, decision, seen: version, key: key, scope: adas)
    }

    @discardableResult
    func wish(_ id: ID<Booking>, _ start: Instant) async throws -> Booked {
        try Booked(try await MoveBooking(installation)(id, to: start, reason: "A train.", scope: attendees))
    }

    /// Mails, reminders and ends of wishes, as the program runs them.
    func approvalRunner(_ mail: FakeMail) -> JobRunner {
        let (send, expire) = (SendBookingMail(installation, mail: mail), ExpireApproval(installation))
        return JobRunner(
            database: database,
            work: [
                BookingJobs.kind: { try await send($0) }, ApprovalJobs.reminder: { try await send($0) },
                ApprovalJobs.expiry: { try await expire($0) },
            ], world: world, logger: Logger(label: "test"))
    }

    /// Kind, span and claim of each row, in order of time.
    func taken(of host: ID<User>? = nil) async throws -> [String] {
        try await ledger(of: host).map { row in
            "\(row.kind) \((row.starts - monday) / 60 + 480)–\((row.ends - monday) / 60 + 480)"
        }
    }

    /// The token mailed to a host, as its mail carries it.
    func askToken(_ id: ID<Booking>, of host: ID<User>? = nil) async throws -> String? {
        let (scope, host, keyring) = (scope, host ?? ada, installation.keyring)
        return try await database.read(scope) { tx in
            try ApprovalStore.current(of: id, host: host, keyring: keyring, scope: scope, in: tx)
        }
    }
}

extension Stage {
    /// How a decision is refused; nil when it counts.
    func refused(_ id: ID<Booking>, _ decision: Decision) async throws -> ApprovalRefusal? {
        do {
            try await decide(id, decision)
            return nil
        } catch let refusal as ApprovalRefusal {
            return refusal
        }
    }
}

/// The audit log: who did what, to what, from where. An entry is written in the transaction of what it tells.
import Database
import Scheduling
import Web

/// What the log tells of. The words in the database are final: rows of the past have them.
package enum AuditAction: String, CaseIterable, Sendable, SQLValue {
    case signedIn = "signed_in"
    case signInPaused = "sign_in_paused"
    case passwordChanged = "password_changed"
    case sessionEnded = "session_ended"
    case invited, joined
    case invitationSentAgain = "invitation_sent_again"
    case invitationWithdrawn = "invitation_withdrawn"
    case memberChanged = "member_changed"
    case memberSwitchedOff = "member_switched_off"
    case memberSwitchedOn = "member_switched_on"
    case memberRemoved = "member_removed"
    case keyMade = "key_made"
    case keyRevoked = "key_revoked"
    case teamMade = "team_made"
    case teamChanged = "team_changed"
    case teamDeleted = "team_deleted"
    case workspaceMade = "workspace_made"
    case workspaceChanged = "workspace_changed"
    case webhookMade = "webhook_made"
    case webhookChanged = "webhook_changed"
    case webhookSecretChanged = "webhook_secret_changed"
    case webhookSwitchedOff = "webhook_switched_off"
    case webhookDeleted = "webhook_deleted"
    case exported
    case linkMade = "link_made"
    case linkChanged = "link_changed"
    case linkDeleted = "link_deleted"
    case scheduleMade = "schedule_made"
    case hoursChanged = "hours_changed"
    case scheduleDeleted = "schedule_deleted"
    case awayAdded = "away_added"
    case awayRemoved = "away_removed"
    case holidaysChanged = "holidays_changed"
    case bookingCancelled = "booking_cancelled"
    case bookingApproved = "booking_approved"
    case bookingDeclined = "booking_declined"
    case senderBlocked = "sender_blocked"
    case senderUnblocked = "sender_unblocked"
    case waitlistRemoved = "waitlist_removed"
    case templateMade = "template_made"
    case templateChanged = "template_changed"
    case templateDeleted = "template_deleted"
    case assistantNamed = "assistant_named"
    case assistantStopped = "assistant_stopped"
    case formMade = "form_made"
    case formChanged = "form_changed"
    case formDeleted = "form_deleted"
    case responseLed = "form_response_led"
    case singleUseMade = "single_use_made"
    case singleUseWithdrawn = "single_use_withdrawn"
    case oneOffMade = "one_off_made"
    case oneOffWithdrawn = "one_off_withdrawn"
    case sheetMade = "sheet_made"
    case sheetClosed = "sheet_closed"
    case sheetReopened = "sheet_reopened"
    case sheetDeleted = "sheet_deleted"
    case pollMade = "poll_made"
    case pollChanged = "poll_changed"
    case pollClosed = "poll_closed"
    case pollReopened = "poll_reopened"
    case pollFinalized = "poll_finalized"
    case pollDeleted = "poll_deleted"

    package var words: String {
        switch self {
        case .signedIn: plain("Signed in")
        case .signInPaused: plain("Sign-in paused after six failures")
        case .passwordChanged: plain("Password changed")
        case .sessionEnded: plain("Session ended")
        case .invited: plain("Invited")
        case .joined: plain("Joined")
        case .invitationSentAgain: plain("Invitation sent again")
        case .invitationWithdrawn: plain("Invitation withdrawn")
        case .memberChanged: plain("Role or grants changed")
        case .memberSwitchedOff: plain("Member switched off")
        case .memberSwitchedOn: plain("Member switched on")
        case .memberRemoved: plain("Member removed")
        case .keyMade: plain("Key made")
        case .keyRevoked: plain("Key revoked")
        case .teamMade: plain("Team made")
        case .teamChanged: plain("Team changed")
        case .teamDeleted: plain("Team deleted")
        case .workspaceMade: plain("Workspace made")
        case .workspaceChanged: plain("Workspace settings changed")
        case .webhookMade: plain("Webhook made")
        case .webhookChanged: plain("Webhook changed")
        case .webhookSecretChanged: plain("Webhook secret changed")
        case .webhookSwitchedOff: plain("Webhook switched off")
        case .webhookDeleted: plain("Webhook deleted")
        case .exported: plain("Exported")
        case .linkMade: plain("Link made")
        case .linkChanged: plain("Link changed")
        case .linkDeleted: plain("Link deleted")
        case .scheduleMade: plain("Schedule made")
        case .hoursChanged: plain("Working hours changed")
        case .scheduleDeleted: plain("Schedule deleted")
        case .awayAdded: plain("Time away added")
        case .awayRemoved: plain("Time away removed")
        case .holidaysChanged: plain("Holidays changed")
        case .bookingCancelled: plain("Booking cancelled by the host")
        case .bookingApproved: plain("Booking approved by the host")
        case .bookingDeclined: plain("Booking declined by the host")
        case .senderBlocked: plain("Address or domain blocked")
        case .senderUnblocked: plain("Address or domain unblocked")
        case .waitlistRemoved: plain("Taken off the waitlist")
        case .templateMade: plain("Template made")
        case .templateChanged: plain("Template changed")
        case .templateDeleted: plain("Template deleted")
        case .assistantNamed: plain("Assistant named")
        case .assistantStopped: plain("Assistant stopped")
        case .formMade: plain("Routing form made")
        case .formChanged: plain("Routing form changed")
        case .formDeleted: plain("Routing form deleted")
        case .responseLed: plain("Response led elsewhere")
        case .singleUseMade: plain("Single-use link made")
        case .singleUseWithdrawn: plain("Single-use link taken back")
        case .oneOffMade: plain("One-off made")
        case .oneOffWithdrawn: plain("One-off taken back")
        case .sheetMade, .sheetClosed, .sheetReopened, .sheetDeleted: wordsOfSheet
        case .pollMade: plain("Poll made")
        case .pollChanged, .pollClosed, .pollReopened, .pollFinalized, .pollDeleted: wordsOfPoll
        }
    }

    private var wordsOfSheet: String {
        switch self {
        case .sheetMade: plain("Sign-up sheet made")
        case .sheetClosed: plain("Sign-up sheet closed")
        case .sheetReopened: plain("Sign-up sheet opened again")
        default: plain("Sign-up sheet deleted")
        }
    }

    private var wordsOfPoll: String {
        switch self {
        case .pollChanged: plain("Poll trimmed")
        case .pollReopened: plain("Poll opened again")
        case .pollFinalized: plain("Poll decided")
        case .pollDeleted: plain("Poll deleted")
        default: plain("Poll closed")
        }
    }
}

/// Where somebody did something from: a network and a browser, never the whole address.
package struct Origin: Sendable, Hashable {
    /// `192.0.2.0/24`, `2001:db8:7::/48`; empty at the command line.
    package let network: String
    package let userAgent: String

    package init(remote: String, userAgent: String) {
        let network = SignInLimits.network(of: remote)
        let isVersion6 = network.contains(":")
        let isVersion4 = network.split(separator: ".").count == 3
        self.network = isVersion6 ? network + "::/48" : isVersion4 ? network + ".0/24" : network
        self.userAgent = String(userAgent.unicodeScalars.prefix(200))
    }

    package init(_ request: Request) {
        self.init(remote: request.remote, userAgent: request.headers["user-agent"] ?? "")
    }

    /// A command on the machine itself.
    package static let console = Origin(remote: "", userAgent: "")
}

/// One row of the log, made before the transaction that writes it.
///
/// ```swift
/// let entry = AuditEntry(.exported, of: "bookings", from: Origin(request), world)
/// try await database.write(scope) { tx in
///     …
///     try AuditStore.record(entry, scope: scope, in: tx)
/// }
/// ```
package struct AuditEntry: Identified, Sendable {
    package static let idPrefix = "aud"

    package let id: ID<AuditEntry>
    package var action: AuditAction
    /// The id of what was acted on, or what else names it.
    package var target: String
    /// What people call it, at that time.
    package var targetName: String
    /// What it was, and what it became. Never a secret.
    package var before: JSON?
    package var after: JSON?
    package let origin: Origin
    package let at: Instant

    package init(
        _ action: AuditAction, of target: String = "", named name: String = "", before: JSON? = nil,
        after: JSON? = nil, from origin: Origin, _ world: World
    ) {
        id = world.id()
        at = world.now
        self.action = action
        self.target = target
        targetName = name
        self.before = before
        self.after = after
        self.origin = origin
    }

    /// The same with what is known inside the transaction alone.
    package func about(_ name: String, before: JSON? = nil, after: JSON? = nil) -> AuditEntry {
        var entry = self
        (entry.targetName, entry.before, entry.after) = (name, before ?? self.before, after ?? self.after)
        return entry
    }
}

/// A row of the log as it is read.
package struct AuditRow: Sendable {
    package let id: ID<AuditEntry>
    package let action: AuditAction?
    /// The stored word, for rows of a later version.
    package let actionText: String
    package let actor: String
    /// The name the person has today; nil for the system.
    package let personName: String?
    /// In whose place they did it, as their assistant.
    package let behalfName: String?
    package let target: String
    package let targetName: String
    package let before: String?
    package let after: String?
    package let network: String
    package let userAgent: String
    package let at: Instant
}

/// What a page of the log asks for.
package struct AuditFilter: Sendable, Equatable {
    package var action: AuditAction?
    package var person: ID<User>?
    package var after: ID<AuditEntry>?
    package var limit: Int

    package init(
        action: AuditAction? = nil, person: ID<User>? = nil, after: ID<AuditEntry>? = nil, limit: Int = 51
    ) {
        self.action = action
        self.person = person
        self.after = after
        self.limit = limit
    }
}

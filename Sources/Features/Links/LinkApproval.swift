/// Whether the host of a link decides about each booking, and how long they may take.
import Database
import Scheduling
import Web

package struct LinkApproval: Hashable, Sendable {
    package static let mostHours = 1...168

    /// A stranger's booking waits for a host; one by a host is confirmed at once.
    package var isRequired = false
    /// How long a host may take to answer.
    package var hours = 48

    package init() {}

    init(_ row: Row) throws {
        isRequired = try row["requires_approval"] as Int == 1
        hours = try row["approval_hours"]
    }

    /// When a wish dies that is made now: after the host's hours, and no later than the first start it is about.
    package func deadline(from now: Instant, before start: Instant) -> Instant { min(now.adding(hours: hours), start) }
}

extension Link {
    /// Whether what this actor wishes is for a host to decide.
    package func asksItsHost(_ actor: Actor) -> Bool {
        switch actor {
        case .visitor, .attendee: rules.approval.isRequired
        case .user, .key, .system: false
        }
    }
}

extension LinkReading {
    static func readApproval(_ fields: inout Fields, into approval: inout LinkApproval) {
        approval.isRequired = fields.flag(
            "requiresApproval", otherwise: approval.isRequired, label: plain("You decide about each booking"))
        guard fields.has("approvalHours") else { return }
        approval.hours = fields.optionalInteger(
            "approvalHours", LinkApproval.mostHours, label: plain("Hours to answer")) ?? LinkApproval().hours
    }
}

extension LinkFields {
    static func approval(_ approval: LinkApproval) -> [String: String] {
        var values = ["approvalHours": String(approval.hours)]
        if approval.isRequired { values["requiresApproval"] = "on" }
        return values
    }
}

extension LinkJSON {
    var approval: [(String, JSON?)] {
        let approval = link.rules.approval
        return [("requiresApproval", .bool(approval.isRequired)), ("approvalHours", .int(Int64(approval.hours)))]
    }
}

extension LinkSections {
    var approval: HTML {
        let names = ["requiresApproval", "approvalHours"]
        return fold("approval", plain("Approval"), plain("times are booked at once"), names, """
            \(Components.checkbox("requiresApproval", plain("You decide about each booking"), in: filled,
                                  note: plain("The time is kept until you approve or decline. You get a mail.")))\
            \(number("approvalHours", plain("Hours you take to answer, at most"),
                     hint: say("1 to 168. Without an answer by then, or by the start, the time is free again.")))
            """)
    }
}

/// One step of the schema, and all of them in order.

/// A numbered list of statements that run in one transaction. Never edited after a release: the next step repairs.
package struct Migration: Sendable {
    package let number: Int
    package let name: String
    package let statements: [SQL]

    package init(number: Int, name: String, statements: [SQL]) {
        self.number = number
        self.name = name
        self.statements = statements
    }

    /// Every step, without gaps, from 1.
    package static let all: [Migration] = [
        foundation, hostSide, resilience, speed, clockChanges, linkRules, linkHosts, queue,
        approval, pools, doors, seats, proposals, series, waitlist, choosing, calls, templates, assistants,
        keptOffers, questions, routingForms, notesInPlace, singleUse, oneOffs, polls, frameOrigins,
        workspaceColour, sheets, answerFiles, waitingFiles,
    ]
}

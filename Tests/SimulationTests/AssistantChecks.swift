/// The part of the checker that looks at assistants: who acts for whom, what the log says of it, and whose deed it was.
import Database
import Scheduling

@testable import Features

extension Facts {
    struct Acting: Sendable, Hashable {
        let workspace, account, assistant: String
    }

    mutating func readAssistants(_ tx: Transaction) throws {
        assistants = try tx.all("SELECT workspace, account, assistant FROM assistant") { row in
            Acting(workspace: try row["workspace"], account: try row["account"], assistant: try row["assistant"])
        }
        let rows = try tx.all("SELECT workspace, action, target FROM audit WHERE action LIKE 'assistant_%'") { row in
            "\(try row["action"] as String) \(try row["workspace"] as String) \(try row["target"] as String)"
        }
        logged = Dictionary(grouping: rows) { $0 }.mapValues(\.count)
    }
}

extension Checker {
    var unlikeAssistants: [String] {
        let wanted = Set(expected.assisting.map { pair in
            Facts.Acting(
                workspace: town.tenants[pair.tenant].id.text, account: pair.account.text,
                assistant: pair.assistant.text)
        })
        let have = Set(facts.assistants)
        return wanted.subtracting(have).map { "assistants: \($0) was named, and is not there" }
            + have.subtracting(wanted).map { "assistants: \($0) is there, and nobody named them" }
            + (facts.logged == expected.logged ? [] : ["assistants: the log tells \(facts.logged)"]) + unlikeDeeds
    }

    /// The history of a booking tells who did it, and in whose place.
    private var unlikeDeeds: [String] {
        facts.history.flatMap { line -> [String] in
            let wanted = expected.deeds["\(line.booking) \(line.version)"]
            let have = Deed(actor: line.actor, behalf: line.behalf)
            var found: [String] = []
            if wanted.map({ $0 != have }) ?? (line.behalf != nil) {
                found.append("""
                    assistants: history of \(line.booking), \(line.event): by \(have), not \(String(describing: wanted))
                    """)
            }
            if let behalf = line.behalf, !stood(line.actor, for: behalf, in: line.workspace, at: line.at) {
                found.append("assistants: \(line.event) of \(line.booking) by \(line.actor), who was none of \(behalf)")
            }
            return found
        }
    }

    /// Whether somebody acted for somebody else then.
    private func stood(_ actor: String, for behalf: String, in workspace: String, at moment: Instant) -> Bool {
        expected.stood.contains { pair, from, to in
            town.tenants[pair.tenant].id.text == workspace && pair.account.text == behalf
                && actor.hasSuffix(":\(pair.assistant)") && from <= moment && moment <= to ?? now
        }
    }
}

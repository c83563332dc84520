/// Whether people can wait for a place of a link where all are taken, and how long a freed one is kept for each.
import Database
import Scheduling
import Web

package struct LinkWaitlist: Hashable, Sendable {
    package static let minutesKept = 15...1440

    package var isOn = false
    /// For how long a freed time is kept for the first in line.
    package var minutes = 60

    package init() {}

    /// Reads what came; what did not come stays.
    static func read(_ fields: inout Fields, into rules: inout LinkRules) {
        rules.waitlist.isOn = fields.flag("waitlist", otherwise: rules.waitlist.isOn, label: plain("Waitlist"))
        if fields.has("waitlistHoldMinutes") {
            rules.waitlist.minutes = fields.optionalInteger(
                "waitlistHoldMinutes", minutesKept, label: plain("Minutes a place is kept")) ?? LinkWaitlist().minutes
        }
        guard rules.waitlist.isOn else { return }
        if rules.kind == .instant {
            fields.fail("waitlist", "invalid", plain("Who calls at once waits for nothing. Choose another kind."))
        } else if rules.series != nil {
            let words = plain("A series needs several times at once, so nobody can wait for one. Choose one of both.")
            fields.fail("waitlist", "invalid", words)
        }
    }

    /// As the fields of a form.
    var formValues: [String: String] {
        ["waitlistHoldMinutes": String(minutes)].merging(isOn ? ["waitlist": "on"] : [:]) { $1 }
    }

    /// For the people of the workspace; the names are those of the bodies that change it.
    var json: [(String, JSON?)] {
        [("waitlist", .bool(isOn)), ("waitlistHoldMinutes", .int(Int64(minutes)))]
    }
}

extension LinkSections {
    var waitlist: HTML {
        fold("waitlist", plain("Waitlist"), plain("what is full is full"), ["waitlist", "waitlistHoldMinutes"], """
            \(Components.checkbox("waitlist", plain("People can wait where all is taken"), in: filled,
                                  note: plain("For a full day or a full session. Freed places go to them in turn.")))\
            \(number("waitlistHoldMinutes", plain("A freed place is kept … minutes"),
                     hint: say("15 to 1440. Then the next in line gets it.")))
            """)
    }
}

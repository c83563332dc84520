/// What strangers must show before a link lets a booking in.
import Database
import Scheduling
import Web

package struct LinkDoor: Hashable, Sendable {
    package enum BotDefence: String, CaseIterable, Sendable, SQLValue {
        case off
        /// A sum that a browser works out by itself; without script a code by mail.
        case proofOfWork = "proof_of_work"
    }

    /// Whether whoever books proves their address with a code that is mailed to it.
    package var verifiesEmail = false
    package var botDefence = BotDefence.off

    package init() {}

    init(_ row: Row) throws {
        verifiesEmail = try row["verifies_email"] as Int == 1
        botDefence = try row["bot_defence"]
    }

    /// Reads what came; what did not come stays.
    static func read(_ fields: inout Fields, into door: inout LinkDoor) {
        door.verifiesEmail = fields.flag("verifiesEmail", otherwise: door.verifiesEmail, label: plain("E-mail code"))
        door.botDefence = fields.choice(
            "botDefence", otherwise: door.botDefence, optional: true, label: plain("Against bots"))
    }

    /// As the fields of a form.
    var formValues: [String: String] {
        ["botDefence": botDefence.rawValue].merging(verifiesEmail ? ["verifiesEmail": "on"] : [:]) { $1 }
    }

    /// For the people of the workspace; the names are those of the bodies that change it.
    var json: [(String, JSON?)] {
        [("verifiesEmail", .bool(verifiesEmail)), ("botDefence", .string(botDefence.rawValue))]
    }
}

extension LinkSections {
    var proof: HTML {
        let defences = [
            (LinkDoor.BotDefence.off.rawValue, plain("Nothing more")),
            (LinkDoor.BotDefence.proofOfWork.rawValue, plain("A sum for the browser; a code by mail without script")),
        ]
        let names = ["verifiesEmail", "botDefence"]
        return fold("proof", plain("Strangers and bots"), plain("nothing is asked of them"), names, """
            \(Components.checkbox("verifiesEmail", plain("Ask for a code that is mailed to the attendee"), in: filled,
                                  note: plain("Nobody can book with an address they cannot read.")))\
            \(Components.select("botDefence", plain("Against bots"), defences, in: filled,
                                hint: say("People notice nothing of it. Scripts that book a month full do.")))
            """)
    }
}

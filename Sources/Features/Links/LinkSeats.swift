/// The places of a link: how many attendees share one start, and what they are shown of each other.
import Database
import Scheduling
import Web

package struct LinkSeats: Hashable, Sendable {
    package static let capacities = 1...1000
    /// Of a new group.
    package static let usualOfGroup = 8

    /// How many places a start has, guests included; 1 is a meeting of its own for each booking.
    package var capacity = 1
    /// Whether bookers read how many places are left.
    package var showsSeats = true
    /// Whether bookers read the first names of those who come.
    package var showsNames = false

    package init() {}

    init(_ row: Row) throws {
        capacity = try row["capacity"]
        showsSeats = try row["shows_seats"] as Int == 1
        showsNames = try row["shows_names"] as Int == 1
    }

    /// As the API tells them.
    var members: [(String, JSON?)] {
        [
            ("capacity", .int(Int64(capacity))), ("showsSeats", .bool(showsSeats)), ("showsNames", .bool(showsNames)),
        ]
    }

    /// As the editor's form has them.
    var values: [String: String] {
        var values = ["capacity": String(capacity)]
        if showsSeats { values["showsSeats"] = "on" }
        if showsNames { values["showsNames"] = "on" }
        return values
    }
}

extension Link {
    /// Whether attendees share a start, so that a booking takes a place in a session.
    package var hasSeats: Bool { rules.seats.capacity > 1 }
}

extension LinkReading {
    /// A group that says nothing of its places has the usual number.
    static func readSeats(_ fields: inout Fields, into rules: inout LinkRules, over base: LinkRules?) {
        let isNewGroup = rules.kind == .group && base?.kind != .group
        if fields.has("capacity") {
            rules.seats.capacity = fields.integer("capacity", LinkSeats.capacities, label: plain("Places"))
        }
        // A form sends the 1 that stood there before a group was chosen.
        if isNewGroup, rules.seats.capacity == 1, fields.isForm || !fields.has("capacity") {
            rules.seats.capacity = LinkSeats.usualOfGroup
        }
        rules.seats.showsSeats = fields.flag("showsSeats", otherwise: rules.seats.showsSeats)
        rules.seats.showsNames = fields.flag("showsNames", otherwise: rules.seats.showsNames)
        let isWrong = fields.errors.contains { $0.field == "capacity" }
        if rules.kind == .instant, rules.seats.capacity > 1, !isWrong {
            let words = plain("Who calls meets a host alone. Have one place, or choose another kind.")
            fields.fail("capacity", "out_of_range", words)
        }
        guard rules.kind == .group, rules.seats.capacity == 1, !isWrong else { return }
        fields.fail("capacity", "out_of_range", plain("A group has 2 to 1000 places. Choose another kind for one."))
    }
}

extension LinkSections {
    var seats: HTML {
        fold("seats", plain("Places"), plain("one attendee at a time"), ["capacity", "showsSeats", "showsNames"], """
            \(number("capacity", plain("Places at each time"),
                     hint: say("With 1, each booking is its own meeting. With more, people and their guests share it."))
            )\
            \(Components.checkbox("showsSeats", plain("Show how many places are left"), in: filled))\
            \(Components.checkbox("showsNames", plain("Show the first names of those who come"), in: filled,
                                  note: plain("On the booking page, so everybody who has the address reads them.")))
            """)
    }
}

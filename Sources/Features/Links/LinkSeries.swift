/// Whether a link is booked several times at once: how often, how many times, and with whom.
import Database
import Scheduling
import Web

package struct LinkSeries: Hashable, Sendable {
    /// What the count says: so many in any case, or as many as the attendee wants up to that.
    package enum CountIs: String, CaseIterable, Sendable, SQLValue { case fixed, most }
    /// Where hosts take turns: one for all meetings of a series, or each in turn.
    package enum HostRule: String, CaseIterable, Sendable, SQLValue { case same, rotate }

    package static let everyWeeks = 1...12
    package static let counts = 2...52
    /// No series reaches farther than this many weeks ahead.
    package static let farthest = 104

    /// Weeks from one meeting to the next.
    package var weeks = 1
    package var count = 10
    package var countIs = CountIs.most
    package var host = HostRule.same

    package init() {}

    /// Reads what came; what did not come stays.
    static func read(_ fields: inout Fields, into rules: inout LinkRules) {
        defer { check(&fields, rules) }
        if fields.has("recurring"), !fields.isForm {
            // Null is one meeting at a time.
            guard let json = fields.json("recurring") else {
                rules.series = nil
                return
            }
            fields.refuseOthers(than: ["everyWeeks", "count", "countIs", "host"], in: json, of: "recurring")
        }
        let (came, before) = (fields.has("recurring.everyWeeks"), rules.series)
        let others = ["recurring.count", "recurring.countIs", "recurring.host"].filter { fields.has($0) }
        guard came || !others.isEmpty else { return }
        let weeks = came
            ? fields.optionalInteger("recurring.everyWeeks", everyWeeks, label: plain("Weeks")) : before?.weeks
        guard let weeks else {
            if !came { fields.fail("recurring.everyWeeks", "missing", plain("Say every how many weeks.")) }
            // What was wrong with a number turns nothing off.
            if !fields.errors.contains(where: { $0.field == "recurring.everyWeeks" }) { rules.series = nil }
            return
        }
        var series = before ?? LinkSeries()
        series.weeks = weeks
        if fields.has("recurring.count") {
            series.count = fields.integer("recurring.count", counts, label: plain("Number of meetings"))
        }
        series.countIs = fields.choice(
            "recurring.countIs", otherwise: series.countIs, optional: true, label: plain("Number of meetings"))
        series.host = fields.choice("recurring.host", otherwise: series.host, optional: true, label: plain("Host"))
        if (series.count - 1) * weeks > farthest {
            let words = plain("A series ends after two years. Choose fewer meetings.")
            fields.fail("recurring.count", "out_of_range", words)
        }
        rules.series = series
    }

    /// What does not go together, said beside the field.
    private static func check(_ fields: inout Fields, _ rules: LinkRules) {
        guard rules.series != nil else { return }
        if rules.approval.isRequired {
            let words = plain("A series is booked at once, so no host can decide about each meeting. Choose one.")
            fields.fail("recurring.everyWeeks", "invalid", words)
        }
        if rules.kind == .group || rules.kind == .instant {
            fields.fail("recurring.everyWeeks", "invalid", plain("Links of this kind are booked one at a time."))
        } else if rules.seats.capacity > 1 {
            let words = plain("Shared places are booked one meeting at a time. Choose one place, or no series.")
            fields.fail("recurring.everyWeeks", "invalid", words)
        }
    }

    /// As the fields of a form.
    static func formValues(_ series: LinkSeries?) -> [String: String] {
        let told = series ?? LinkSeries()
        return [
            "recurring.everyWeeks": series.map { String($0.weeks) } ?? "", "recurring.count": String(told.count),
            "recurring.countIs": told.countIs.rawValue, "recurring.host": told.host.rawValue,
        ]
    }

    /// For the people of the workspace; the names are those of the bodies that change it.
    static func json(_ series: LinkSeries?) -> [(String, JSON?)] {
        [("recurring", series.map { series in
            [
                "everyWeeks": .int(Int64(series.weeks)), "count": .int(Int64(series.count)),
                "countIs": .string(series.countIs.rawValue), "host": .string(series.host.rawValue),
            ]
        } ?? .null)]
    }

    /// For strangers.
    static func open(_ series: LinkSeries?) -> JSON {
        guard let series else { return .null }
        return [
            "everyWeeks": .int(Int64(series.weeks)), "count": .int(Int64(series.count)),
            "countIs": .string(series.countIs.rawValue),
        ]
    }

    /// `every week`, `every 2 weeks`.
    package var rhythmWords: String { plain("\(weeks)|one:every week|other:every %1 weeks") }
}

extension Link {
    /// The link for the later meetings of a series: how far ahead one may book is a question about the first.
    ///
    /// A window of dates stays: it says on which days the link is there at all.
    package var inSeries: Link {
        var link = self
        switch rules.window {
        case .range: break
        case .rollingDays, .rollingBusinessDays, .bookableDays: link.rules.window = .rollingDays(Self.anyDay)
        }
        // Whoever has the first is not passed over because they have it.
        if rules.series?.host == .same { link.rules.rotation.maximumLead = nil }
        return link
    }

    private static let anyDay = 7 * 2 * LinkSeries.farthest
}

extension LinkSections {
    var repeats: HTML {
        let weeks = [("", plain("Never: one meeting at a time"))] + LinkSeries.everyWeeks.map { weeks in
            (String(weeks), plain("\(weeks)|one:Every week|other:Every %1 weeks"))
        }
        let counts = [
            (LinkSeries.CountIs.most.rawValue, plain("The most the attendee may choose")),
            (LinkSeries.CountIs.fixed.rawValue, plain("So many in any case")),
        ]
        let hosts = [
            (LinkSeries.HostRule.same.rawValue, plain("The same for all")),
            (LinkSeries.HostRule.rotate.rawValue, plain("Chosen anew for each")),
        ]
        let names = ["recurring.everyWeeks", "recurring.count", "recurring.countIs", "recurring.host"]
        return fold("repeats", plain("Repeats"), plain("one meeting at a time"), names, """
            \(Components.select("recurring.everyWeeks", plain("Repeats"), weeks, in: filled,
                                hint: say("At the same time of day, also when the clocks change.")))\
            <div class="two">\
            \(number("recurring.count", plain("Number of meetings"), hint: say("2 to 52, over two years at most.")))\
            \(Components.select("recurring.countIs", plain("That number is"), counts, in: filled))</div>\
            \(Components.select("recurring.host", plain("Where hosts take turns, the host is"), hosts, in: filled))
            """)
    }
}

extension Fields {
    /// Says what is wrong with a member that should be an object of these names.
    package mutating func refuseOthers(than names: Set<String>, in json: JSON, of name: String) {
        guard let members = json.members else {
            fail(name, "invalid", plain("\(name) is an object, or null."))
            return
        }
        for (member, _) in members where !names.contains(member) {
            fail("\(name).\(member)", "unknown", plain("There is no field “\(name).\(member)”."))
        }
    }
}

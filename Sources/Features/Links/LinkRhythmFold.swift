/// The section of the link editor on limits, travel and how meetings lie in a day; folded until it holds something.
import Scheduling
import Web

extension LinkSections {
    var rhythm: HTML {
        let rows = min(filled.rows("limits", "scope") + 1, LinkReading.mostLimits)
        let typed = filled.errors.map(\.field).filter {
            $0.hasPrefix("limits.") || $0.hasPrefix(LinkFields.bookerPrefix)
        }
        let names = [
            "limits.0.scope", "travelBeforeMinutes", "travelAfterMinutes", "gapRule", "firstOfDay", "besideFirst",
            "bookerHoursFrom",
        ]
        return fold("rhythm", plain("Limits and rhythm"), plain("as many meetings as there is time"), names + typed, """
            <p class="hint">\(say("How many meetings fit into a time. Empty a row to drop its limit."))</p>\
            \(kept(.limits, "\(each: 0..<rows, limit)"))\(kept(.duration, travel))\(kept(.limits, days + booker))
            """)
    }

    private func limit(_ index: Int) -> HTML {
        let (name, number) = ("limits.\(index)", index + 1)
        return """
            <div class="two" role="group" aria-label="\(plain("Limit \(number)"))">\
            \(Components.select("\(name).scope", plain("Limit \(number)"), Self.scopes, in: filled))\
            \(Components.select("\(name).per", plain("In which time"), Self.periods, in: filled))\
            \(self.number("\(name).count", plain("Meetings at most"), optional: plain("any number")))\
            \(self.number("\(name).minutes", plain("Minutes at most"), optional: plain("any number")))</div>
            """
    }

    private static var scopes: [(String, String)] {
        [
            ("", plain("No limit")), (LimitScope.link.rawValue, plain("Meetings of this link")),
            (LimitScope.host.rawValue, plain("All meetings of a host")),
            (LimitScope.linkHost.rawValue, plain("A host’s meetings of this link")),
            (LimitScope.attendee.rawValue, plain("An attendee’s meetings of this link")),
        ]
    }

    private static var periods: [(String, String)] {
        LimitPeriod.allCases.map { period in
            switch period {
            case .day: (period.rawValue, plain("A day"))
            case .week: (period.rawValue, plain("A week"))
            case .month: (period.rawValue, plain("A month"))
            case .open: (period.rawValue, plain("All that are still to come"))
            }
        }
    }

    private var travel: HTML {
        """
        <div class="two">\
        \(number("travelBeforeMinutes", plain("Travel before, minutes"),
                 hint: say("Taken like the meeting; pauses come on top.")))\
        \(number("travelAfterMinutes", plain("Travel after, minutes")))</div>\
        \(Components.select("gapRule", plain("Pauses between two meetings"), [
            (GapRule.larger.rawValue, plain("The longer of both counts")),
            (GapRule.sum.rawValue, plain("Both are added up")),
        ], in: filled))
        """
    }

    private var days: HTML {
        """
        \(Components.checkbox("firstOfDay", plain("Offer only the first time of each day"), in: filled))\
        \(Components.checkbox("besideFirst", plain("Mark times next to other meetings"), in: filled,
                              note: plain("Attendees read “suits best” beside them. All times can be booked.")))
        """
    }

    private var booker: HTML {
        """
        \(Components.select("bookerHoursFrom", plain("Hours by the attendee’s clock"), [
            ("any", plain("Any hours")), ("own", plain("Only these hours")),
        ], in: filled, hint: say("So that nobody books in the middle of their own night.")))\
        <div class="booker-hours" role="group" aria-label="\(plain("Hours by the attendee’s clock"))">\
        \(bookerHours.html)</div>
        """
    }
}

/// Reads lengths, booking window, travel, limits and hours by the attendee's clock; a third part of `LinkReading`.
import Scheduling
import Web

extension LinkReading {
    package static let mostLengths = 8
    package static let mostLimits = 10
    static let limitCounts = 1...1000
    /// Up to the minutes of a month.
    static let limitMinutes = 5...44_640

    // MARK: Lengths

    /// `[30, 60]` in JSON, the usual one first; in a form a number, and the others in a field of their own.
    static func readLengths(_ fields: inout Fields, into rules: inout LinkRules) {
        if fields.has("durationMinutes") {
            if let json = fields.json("durationMinutes"), let array = json.array {
                readLengths(array, &fields, into: &rules)
            } else {
                let isJSON = fields.json("durationMinutes") != nil
                rules.duration = fields.integer("durationMinutes", lengths, label: plain("Length"))
                if isJSON { rules.rhythm.otherLengths = [] }
            }
        }
        if fields.has("otherDurations") { rules.rhythm.otherLengths = otherLengths(&fields, usual: rules.duration) }
    }

    private static func readLengths(_ array: [JSON], _ fields: inout Fields, into rules: inout LinkRules) {
        let minutes = array.compactMap(\.int).filter(lengths.contains)
        guard let usual = minutes.first, minutes.count == array.count, minutes.count <= mostLengths,
            Set(minutes).count == minutes.count
        else {
            fields.fail("durationMinutes", "invalid", plain(
                "Lengths are 1 to \(mostLengths) different whole numbers from 5 to 480, such as [30, 60]."))
            return
        }
        rules.duration = usual
        rules.rhythm.otherLengths = minutes.dropFirst().sorted()
    }

    /// `45, 60`, as people write a list.
    private static func otherLengths(_ fields: inout Fields, usual: Int) -> [Int] {
        let text = fields.text("otherDurations", 0...100, label: plain("Other lengths"))
        let parts = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
        let minutes = Set(parts.compactMap { Int($0) }.filter(lengths.contains))
        guard parts.allSatisfy({ Int($0).map(lengths.contains) ?? false }), minutes.union([usual]).count <= mostLengths
        else {
            fields.fail("otherDurations", "invalid", plain(
                "Other lengths are up to \(mostLengths - 1) whole numbers from 5 to 480, such as 45, 60."))
            return []
        }
        return minutes.subtracting([usual]).sorted()
    }

    // MARK: Booking window

    private enum WindowKind: String, CaseIterable {
        case rollingDays = "rolling_days"
        case rollingBusinessDays = "rolling_business_days"
        case bookableDays = "bookable_days"
        case range
    }

    static func readWindow(_ fields: inout Fields, into rules: inout LinkRules) {
        guard fields.has("window.kind") else {
            if fields.has("window.days") {
                rules.window = rules.window.reaching(fields.integer("window.days", days, label: plain("Days ahead")))
            }
            return
        }
        let kind = fields.choice("window.kind", otherwise: WindowKind.rollingDays, label: plain("Booking window"))
        guard kind != .range else { return readRange(&fields, into: &rules) }
        let days = fields.integer("window.days", days, label: plain("Days ahead"))
        // The form sends the dates of the other choice along, empty or not; they mean nothing here.
        _ = (fields.has("window.from"), fields.has("window.to"))
        rules.window = switch kind {
        case .rollingBusinessDays: .rollingBusinessDays(days)
        case .bookableDays: .bookableDays(days)
        case .rollingDays, .range: .rollingDays(days)
        }
    }

    private static let days = 1...730

    private static func readRange(_ fields: inout Fields, into rules: inout LinkRules) {
        _ = fields.has("window.days")
        let from = fields.date("window.from", label: plain("First day"))
        let to = fields.date("window.to", label: plain("Last day"))
        guard let from, let to else { return }
        guard from <= to, to.daysSince1970 - from.daysSince1970 <= 730 else {
            fields.fail("window.to", "invalid", plain("The last day must come after the first, within two years."))
            return
        }
        rules.window = .range(from: from, to: to)
    }

    // MARK: Travel, pauses, days

    static func readRhythm(_ fields: inout Fields, into rules: inout LinkRules) {
        if fields.has("gapRule") {
            rules.rhythm.gapRule = fields.choice(
                "gapRule", otherwise: GapRule.larger, optional: true, label: plain("Pauses of two meetings"))
        }
        let numbers: [(String, WritableKeyPath<LinkRhythm, Int>, String)] = [
            ("travelBeforeMinutes", \.travelBefore, plain("Travel before")),
            ("travelAfterMinutes", \.travelAfter, plain("Travel after")),
        ]
        for (name, path, label) in numbers where fields.has(name) {
            rules.rhythm[keyPath: path] = fields.optionalInteger(name, 0...480, label: label) ?? 0
        }
        rules.rhythm.firstOfDay = fields.flag("firstOfDay", otherwise: rules.rhythm.firstOfDay)
        rules.rhythm.besideFirst = fields.flag("besideFirst", otherwise: rules.rhythm.besideFirst)
        if fields.has("bookerHours") { rules.rhythm.bookerHours = bookerHours(&fields) }
        let shortest = rules.lengths.min() ?? rules.duration
        if fields.has("limits") || fields.has("limits.0.scope") {
            rules.rhythm.limits = limits(&fields, shortest: shortest)
        } else if let minutes = rules.rhythm.limits.compactMap(\.minutes).min(), minutes < shortest {
            fields.fail("durationMinutes", "out_of_range", plain(
                "A limit of this link allows \(minutes) minutes, less than one meeting. Raise it, or meet shorter."))
        }
    }

    /// Null is any hours.
    private static func bookerHours(_ fields: inout Fields) -> [[Window]]? {
        guard let json = fields.json("bookerHours") else { return nil }
        switch WeeklyJSON.read(json) {
        case .success(let weekly) where weekly.contains(where: { !$0.isEmpty }): return weekly
        case .success: fields.fail("bookerHours", "missing", noBookerHours)
        case .failure(let mistake): fields.fail("bookerHours", "invalid", mistake.message)
        }
        return nil
    }

    static var noBookerHours: String {
        plain("Without any hours nothing can be booked. Open at least one day, or take any hours.")
    }

    // MARK: Limits

    /// - Parameter shortest: minutes a meeting takes at least; a limit below would close the link.
    private static func limits(_ fields: inout Fields, shortest: Int) -> [Limit] {
        var seen: [Limit] = []
        let isForm = fields.isForm
        _ = fields.list("limits", atMost: mostLimits, label: plain("Limits")) { element in
            let count = element.optionalInteger("count", limitCounts, label: plain("Meetings"))
            let minutes = element.optionalInteger("minutes", limitMinutes, label: plain("Minutes"))
            if isForm, count == nil, minutes == nil, element.optionalText("scope", atMost: 20) == nil { return }
            let scope = element.choice("scope", otherwise: LimitScope.link, label: plain("Whose meetings"))
            let per = element.choice("per", otherwise: LimitPeriod.day, label: plain("In which time"))
            guard element.errors.isEmpty else { return }
            if scope == .team {
                element.fail("scope", "invalid", noTeam)
            } else if seen.contains(where: { $0.scope == scope && $0.per == per }) {
                element.fail("per", "invalid", plain(
                    "There is already a limit of this kind. Put meetings and minutes into one."))
            } else if count == nil, minutes == nil {
                element.fail("count", "missing", plain("Say how many meetings, or how many minutes of them."))
            } else if let minutes, minutes < shortest {
                element.fail("minutes", "out_of_range", plain(
                    "One meeting takes \(shortest) minutes, so nothing could be booked. Allow at least as many."))
            } else {
                seen.append(Limit(scope, per: per, count: count, minutes: minutes))
            }
        }
        return seen
    }

    private static var noTeam: String {
        plain("Links belong to no team in this version, so there is nothing to count. Limit the link or its host.")
    }
}

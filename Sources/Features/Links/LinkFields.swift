/// A link as the fields of its form, and the form as a wish: what the editor sends and shows again.
import Scheduling
import Web

/// A stored link as the fields of its form.
enum LinkFields {
    /// Before the names of the fields of hours by the attendee's clock.
    static let bookerPrefix = "booker_"
    /// What stands ready when somebody asks for such hours: days people usually like to be called.
    static let usualBookerHours = WeeklyHours(
        [[]] + [[Window]](repeating: [Window(opens: 480, closes: 1_200)], count: 5) + [[]], prefix: bookerPrefix)

    /// - Parameter zone: in which the last day is told.
    static func filled(_ link: Link, hasOwnHours: Bool, zone: Zone) -> Filled {
        var filled = filled(link.rules, zone: zone)
        filled.values.merge(hosts(link.hostWishes)) { $1 }
        filled.values["hoursFrom"] = hasOwnHours ? "own" : link.schedule.text
        for (index, question) in link.questions.enumerated() {
            filled.values.merge(QuestionSection.values(question, at: index)) { $1 }
        }
        return filled
    }

    static func filled(_ rules: LinkRules, zone: Zone = .utc) -> Filled {
        let parts = [
            times(rules), door(rules, zone: zone), look(rules), rhythm(rules), turns(rules),
            approval(rules.approval),
            rules.door.formValues, NeedFields.values(rules.needs), rules.seats.values,
            LinkSeries.formValues(rules.series), rules.waitlist.formValues,
        ]
        return Filled(values: parts.reduce([:]) { $0.merging($1) { $1 } })
    }

    /// The rows of hosts.
    static func hosts(_ hosts: [HostWish]) -> [String: String] {
        hosts.enumerated().reduce(into: [:]) { values, host in
            values["hosts.\(host.offset).userId"] = host.element.user.text
            values["hosts.\(host.offset).priority"] = String(host.element.priority)
            values["hosts.\(host.offset).weight"] = String(host.element.weight)
            values["hosts.\(host.offset).pool"] = host.element.pool ?? ""
        }
    }

    private static func turns(_ rules: LinkRules) -> [String: String] {
        let rotation = rules.rotation
        var values = [
            "kind": rules.kind.rawValue, "rotation.strategy": rotation.strategy.rawValue,
            "rotation.period": rotation.period.rawValue, "rotation.countsBy": rotation.countsBy.rawValue,
            "rotation.maximumLead": text(rotation.maximumLead), "hostChoice": rotation.hostChoice.rawValue,
        ]
        let boxes = [
            ("creditsCancelled", rotation.creditsCancelled), ("creditsNoShow", rotation.creditsNoShow),
            ("movesReassign", rotation.movesReassign),
        ]
        for (name, isOn) in boxes where isOn { values["rotation.\(name)"] = "on" }
        for (index, pool) in rules.pools.enumerated() {
            values["pools.\(index).name"] = pool.name
            values["pools.\(index).take"] = String(pool.take)
        }
        return values
    }

    private static func times(_ rules: LinkRules) -> [String: String] {
        var values = [
            "title": rules.title, "slug": rules.slug, "description": rules.description,
            "durationMinutes": String(rules.duration), "bufferBeforeMinutes": String(rules.bufferBefore),
            "bufferAfterMinutes": String(rules.bufferAfter), "minimumNotice.value": String(rules.notice.value),
            "minimumNotice.unit": rules.notice.unit.rawValue, "hoursFrom": "schedule",
            "stepMinutes": text(rules.step), "alignMinutes": String(rules.align), "offsetMinutes": String(rules.offset),
        ]
        for (index, place) in rules.locations.enumerated() {
            values["locations.\(index).kind"] = place.kind.rawValue
            values["locations.\(index).text"] = place.text
        }
        if rules.active { values["active"] = "on" }
        return values
    }

    private static func rhythm(_ rules: LinkRules) -> [String: String] {
        let rhythm = rules.rhythm
        var values = [
            "otherDurations": rhythm.otherLengths.map(String.init).joined(separator: ", "),
            "gapRule": rhythm.gapRule.rawValue, "travelBeforeMinutes": String(rhythm.travelBefore),
            "travelAfterMinutes": String(rhythm.travelAfter),
            "bookerHoursFrom": rhythm.bookerHours == nil ? "any" : "own",
        ]
        if rhythm.firstOfDay { values["firstOfDay"] = "on" }
        if rhythm.besideFirst { values["besideFirst"] = "on" }
        for (index, limit) in rhythm.limits.enumerated() {
            values["limits.\(index).scope"] = limit.scope.rawValue
            values["limits.\(index).per"] = limit.per.rawValue
            values["limits.\(index).count"] = text(limit.count)
            values["limits.\(index).minutes"] = text(limit.minutes)
        }
        return values.merging(window(rules.window)) { $1 }
    }

    private static func window(_ window: LinkWindow) -> [String: String] {
        switch window {
        case .rollingDays(let days): ["window.kind": "rolling_days", "window.days": String(days)]
        case .rollingBusinessDays(let days): ["window.kind": "rolling_business_days", "window.days": String(days)]
        case .bookableDays(let days): ["window.kind": "bookable_days", "window.days": String(days)]
        case .range(let from, let to):
            ["window.kind": "range", "window.from": from.description, "window.to": to.description]
        }
    }

    private static func door(_ rules: LinkRules, zone: Zone) -> [String: String] {
        let (access, changes) = (rules.access, rules.changes)
        var values = [
            "maxUses": text(access.mostUses), "maxGuests": String(access.mostGuests), "accessCode": access.code ?? "",
            "rescheduleNoticeMinutes": String(changes.moveNotice), "cancelNoticeMinutes": String(changes.cancelNotice),
        ]
        let boxes = [
            ("hidden", access.hidden), ("attendeeMay.reschedule", changes.attendeeMoves),
            ("attendeeMay.cancel", changes.attendeeCancels), ("cancelReasonRequired", changes.needsReason),
        ]
        for (name, isOn) in boxes where isOn { values[name] = "on" }
        if let expiry = access.expiresAt {
            (values["expires.date"], values["expires.time"]) = LinkExpiry.fields(expiry, zone: zone)
        }
        return values
    }

    private static func look(_ rules: LinkRules) -> [String: String] {
        let look = rules.look
        var values = [
            "color": look.colour ?? "", "language": look.language ?? "", "confirmationText": look.confirmation,
            "redirectUrl": look.redirect ?? "", "eventTitle": look.eventTitle ?? "",
            LinkFraming.field: look.originText,
        ]
        if look.locksZone { values["lockTimezone"] = "on" }
        if look.redirectDetails { values["redirectDetails"] = "on" }
        return values
    }

    private static func text(_ number: Int?) -> String { number.map { String($0) } ?? "" }
}

/// The last moment of a link as a form asks for it: a day, and perhaps a time on it, in the host's zone.
enum LinkExpiry {
    /// Midnight at the end of a day is told as that day, without a time.
    static func fields(_ expiry: Instant, zone: Zone) -> (date: String, time: String) {
        let local = zone.local(at: expiry)
        guard local.secondOfDay > 0 else { return (local.date.adding(days: -1).description, "") }
        return (local.date.description, DateWords.time(minuteOfDay: local.secondOfDay / 60, .twentyFour))
    }

    static func read(_ fields: inout Fields, zone: Zone) -> Instant? {
        let time = fields.optionalText("expires.time", atMost: 20, label: plain("Until"))
        guard fields.optionalText("expires.date", atMost: 20, label: plain("Last day")) != nil else {
            if time != nil { fields.fail("expires.date", "missing", plain("Say on which day, or empty the time.")) }
            return nil
        }
        guard let date = fields.date("expires.date", label: plain("Last day")) else { return nil }
        guard let time else { return zone.instant(of: date.adding(days: 1)) }
        guard let minute = ClockText.minutes(time), minute < 1_440 else {
            fields.fail("expires.time", "invalid", plain("Until must be a time such as 18:00."))
            return nil
        }
        return zone.instant(of: LocalTime(date: date, secondOfDay: minute * 60))
    }
}

/// What the editor's form says: a wish, or every mistake with all that was typed.
struct LinkFormReading: Sendable {
    let wish: LinkWish?
    let filled: Filled
    let hours: WeeklyHours
    /// The hours by the attendee's clock, as typed.
    let bookerHours: WeeklyHours

    /// - Parameters:
    ///   - rules: the link's, for what the form does not ask this person.
    ///   - locked: what its template keeps of the stored link, whatever the form says.
    ///   - zone: the link's, for its last day.
    init(
        _ data: FormData, over rules: LinkRules? = nil, keeping locked: Set<LinkSection> = [], of link: Link? = nil,
        zone: Zone, entropy: Entropy, languages: [Language] = [.english]
    ) {
        let sent = link.map { LinkSection.kept(data, of: $0, locked: locked, zone: zone) } ?? data
        let (data, needs) = (Self.cleaned(sent), NeedFields.needs(sent, keeping: rules?.needs ?? []))
        var fields = Fields(form: data)
        var wish = try? LinkReading.read(
            &fields, over: Self.base(data, rules, entropy: entropy), entropy: entropy, languages: languages)
        if data["slug"]?.isEmpty ?? true { wish?.mayVarySlug = true }
        wish?.rules.needs = needs ?? rules?.needs ?? []
        wish?.rules.access.expiresAt = LinkExpiry.read(&fields, zone: zone)
        var weekly = WeeklyHours(form: data)
        switch data["hoursFrom"] {
        case "own": wish?.hours = weekly.weekly()
        case "schedule", nil: wish?.followsSchedule = true
        case .some:
            wish?.schedule = fields.id("hoursFrom", label: plain("Hours"))
            wish?.followsSchedule = true
        }
        var booker = WeeklyHours(form: data, prefix: LinkFields.bookerPrefix)
        if data["bookerHoursFrom"] == "own" { wish?.rules.rhythm.bookerHours = Self.hours(&booker, &fields) }
        wish?.keep(locked, of: link)
        for error in weekly.errors + booker.errors { fields.fail(error.field, error.code, error.message) }
        var filled = fields.filled
        for (name, value) in data.pairs where name.hasPrefix(NeedFields.prefix) { filled.values[name] = value }
        self.filled = filled
        (hours, bookerHours) = (weekly, booker)
        self.wish = fields.errors.isEmpty ? wish : nil
    }

    /// Hours of which at least one day is open.
    private static func hours(_ typed: inout WeeklyHours, _ fields: inout Fields) -> [[Window]]? {
        let weekly = typed.weekly()
        guard let weekly, weekly.allSatisfy(\.isEmpty) else { return weekly }
        fields.fail("bookerHoursFrom", "missing", LinkReading.noBookerHours)
        return nil
    }

    /// A form sends everything it has; an unticked box is what it does not send.
    private static func base(_ data: FormData, _ rules: LinkRules?, entropy: Entropy) -> LinkRules {
        var base = LinkRules(title: "", slug: "")
        base.active = false
        base.seats.showsSeats = false
        base.slug = Slug.proposed(from: data["title"] ?? "", entropy: entropy)
        (base.changes.attendeeMoves, base.changes.attendeeCancels) = (false, false)
        // Who hosts is asked of those alone who may say so.
        if let rules { (base.kind, base.rotation, base.pools) = (rules.kind, rules.rotation, rules.pools) }
        if data["rotation.strategy"] != nil {
            (base.rotation.creditsCancelled, base.rotation.creditsNoShow) = (false, false)
            base.rotation.movesReassign = false
        }
        return base
    }

    /// A proposal that was chosen is the slug, and a row without place and words is no place.
    private static func cleaned(_ data: FormData) -> FormData {
        let taken = data["takeSlug"].flatMap { $0.isEmpty ? nil : $0 }
        let pairs = data.pairs.filter { name, _ in
            let parts = name.split(separator: ".")
            guard parts.count == 3, parts[0] == "locations", parts[1] != "0" else { return name != "takeSlug" }
            return !["kind", "text"].allSatisfy { (data["locations.\(parts[1]).\($0)"] ?? "").isEmpty }
        }
        return FormData(pairs.map { ($0.0, $0.0 == "slug" ? taken ?? $0.1 : $0.1) })
    }
}

/// Reads a link out of a form or an API body: one set of rules and messages for both.
import Scheduling
import Web

/// What somebody wants a link to be.
package struct LinkWish: Sendable {
    package var rules: LinkRules
    package var questions: [QuestionWish]?
    /// Hours of the link's own; nil leaves the schedule as it is.
    package var hours: [[Window]]?
    /// A schedule to follow instead.
    package var schedule: ID<Schedule>?
    /// Back to the owner's usual hours.
    package var followsSchedule = false
    /// Nil leaves them as they are; for a new link, whoever makes it.
    package var hosts: [HostWish]?
    /// Set when no slug was given: the store may choose a variation of the proposed one.
    package var mayVarySlug = false

    /// The only host, or the first.
    package var host: ID<User>? {
        get { hosts?.first?.user }
        set { hosts = newValue.map { [HostWish($0)] } }
    }
}

package enum LinkReading {
    package static let mostQuestions = 20
    package static let mostLocations = 8
    package static let lengths = 5...480

    /// Reads every field that came over `base`; what did not come stays as it is there.
    /// - Parameter languages: those a link can be fixed to.
    /// - Throws: `Invalid` with a message for each field that is wrong.
    package static func read(
        _ fields: inout Fields, over base: LinkRules?, entropy: Entropy, languages: [Language] = [.english]
    ) throws -> LinkWish {
        var rules = base ?? LinkRules(title: "", slug: "")
        if rules.title.isEmpty || fields.has("title") {
            rules.title = fields.text("title", 1...120, label: plain("Title"))
        }
        let given = slug(&fields)
        rules.slug = given ?? (base?.slug ?? Slug.proposed(from: rules.title, entropy: entropy))
        if fields.has("description") {
            rules.description = fields.text("description", 0...5000, label: plain("Description"), lines: true)
        }
        rules.kind = kind(&fields, otherwise: rules.kind)
        readRotation(&fields, into: &rules.rotation)
        readPools(&fields, into: &rules)
        readNeeds(&fields, into: &rules)
        readTimes(&fields, into: &rules)
        readNotice(&fields, into: &rules)
        readWindow(&fields, into: &rules)
        if let locations = locations(&fields) { rules.locations = locations }
        rules.active = fields.flag("active", otherwise: rules.active)
        readAccess(&fields, into: &rules.access)
        readChanges(&fields, into: &rules.changes)
        readApproval(&fields, into: &rules.approval)
        readLook(&fields, into: &rules.look, languages: languages)
        readRhythm(&fields, into: &rules)
        LinkDoor.read(&fields, into: &rules.door)
        readSeats(&fields, into: &rules, over: base)
        readHostChoice(&fields, into: &rules)
        LinkSeries.read(&fields, into: &rules)
        LinkWaitlist.read(&fields, into: &rules)
        var wish = LinkWish(rules: rules, questions: questions(&fields))
        wish.mayVarySlug = given == nil && base == nil
        wish.hours = hours(&fields)
        if fields.has("scheduleId") { wish.schedule = fields.id("scheduleId", label: plain("Schedule")) }
        wish.hosts = hosts(&fields, kind: rules.kind)
        return wish
    }

    private static func slug(_ fields: inout Fields) -> String? {
        guard let text = fields.optionalText("slug", atMost: Slug.longest, label: plain("Address")) else { return nil }
        if Slug.reserved.contains(text) {
            fields.fail("slug", "reserved", plain("“\(text)” is a page of its own. Choose another word."))
        } else if !Slug.isWellFormed(text) {
            let message = plain("An address has the letters a–z, digits, and single dashes between them.")
            fields.fail("slug", "invalid", message)
        }
        return text
    }

    private static func readTimes(_ fields: inout Fields, into rules: inout LinkRules) {
        readLengths(&fields, into: &rules)
        if fields.has("stepMinutes") {
            rules.step = fields.optionalInteger("stepMinutes", 5...480, label: plain("Start every"))
        }
        let numbers: [(String, ClosedRange<Int>, WritableKeyPath<LinkRules, Int>, String)] = [
            ("alignMinutes", 0...60, \.align, plain("Alignment")),
            ("offsetMinutes", 0...480, \.offset, plain("Offset")),
            ("bufferBeforeMinutes", 0...480, \.bufferBefore, plain("Pause before")),
            ("bufferAfterMinutes", 0...480, \.bufferAfter, plain("Pause after")),
        ]
        for (name, range, path, label) in numbers where fields.has(name) {
            // An emptied field of the form is no alignment, no pause.
            rules[keyPath: path] = fields.optionalInteger(name, range, label: label) ?? 0
        }
    }

    private static func readNotice(_ fields: inout Fields, into rules: inout LinkRules) {
        guard fields.has("minimumNotice.value") || fields.has("minimumNotice.unit") else { return }
        let label = plain("Notice")
        let unit = fields.choice("minimumNotice.unit", otherwise: rules.notice.unit, optional: true, label: label)
        let most = switch unit {
        case .minute: 525_600
        case .hour: 8_760
        case .day: 365
        }
        rules.notice = MinimumNotice(value: fields.integer("minimumNotice.value", 0...most, label: label), unit: unit)
    }

    /// Nil when none came; a list that came has at least one place.
    private static func locations(_ fields: inout Fields) -> [Location]? {
        guard fields.has("locations") || fields.has("locations.0.kind") else { return nil }
        let locations = fields.list("locations", atMost: mostLocations, label: plain("Location")) { element in
            let place = Location(
                kind: element.choice("kind", otherwise: LocationKind.custom, label: plain("Where")),
                text: element.text("text", 0...500, label: plain("Address or words")))
            if let missing = place.missing, element.errors.isEmpty { element.fail("text", "missing", missing) }
            return place
        }
        if locations.isEmpty, !fields.errors.contains(where: { $0.field.hasPrefix("locations") }) {
            fields.fail("locations", "missing", plain("Say at least one place, such as a video call."))
        }
        return locations.isEmpty ? nil : locations
    }

    private static func hours(_ fields: inout Fields) -> [[Window]]? {
        guard let json = fields.json("hours") else { return nil }
        switch WeeklyJSON.read(json) {
        case .success(let weekly): return weekly
        case .failure(let mistake):
            fields.fail("hours", "invalid", mistake.message)
            return nil
        }
    }
}

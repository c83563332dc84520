/// The shapes of what the API takes and answers, as JSON Schema 2020-12.
import Scheduling
import Web

enum APISchemas {
    static let all: JSON = .object([
        ("Problem", problem), ("Me", me), ("MeBody", meBody), ("Member", member), ("Team", team(body: false)),
        ("TeamBody", team(body: true)), ("Key", key), ("NewKey", newKey), ("Link", link(body: false)),
        ("LinkBody", link(body: true)), ("OpenLink", openLink), ("Question", question), ("Place", place),
        ("Schedule", schedule(body: false)), ("ScheduleBody", schedule(body: true)), ("TimeOff", timeOff(body: false)),
        ("NewTimeOff", timeOff(body: true)), ("Slots", slots), ("NewHold", newHold), ("Hold", hold),
        ("MoveHold", moveHold),
        ("NewBooking", newBooking), ("Booking", booking),
        ("BookingStatus", .object([
            ("type", "string"), ("enum", .array(BookingStatus.allCases.map { .string($0.rawValue) })),
        ])),
        ("BusyTime", object([
            ("host", id), ("busy", array(object([("start", instant), ("end", instant)], required: ["start", "end"]))),
        ], required: ["host", "busy"])),
        ("Explanation", explanation), ("Move", move), ("Cancellation", object([("reason", text(1000))])),
        ("Distribution", distribution), ("Session", session),
        ("Reassignment", object([("host", id), ("from", id), ("reason", text(1000))], strict: true)),
        ("Decision", object([("approved", flag), ("reason", text(1000))], required: ["approved"], strict: true)),
    ] + doors + webhooks + resources + proposals + series + waitlists + templates + assistants + forms
        + offers + deeds + singleUse + oneOffs + sheets + polls + answerFiles
        + [("SingleUseBooking", singleUseBooking), ("OneOffBooking", oneOffBooking)])

    static let string: JSON = ["type": "string"]
    static let instant: JSON = ["type": "string", "format": "date-time"]
    private static let id: JSON = string
    static let flag: JSON = ["type": "boolean"]

    static func text(_ longest: Int64) -> JSON { ["type": "string", "maxLength": .int(longest)] }
    private static func number(_ least: Int64, _ most: Int64) -> JSON {
        ["type": "integer", "minimum": .int(least), "maximum": .int(most)]
    }
    static func array(_ items: JSON) -> JSON { ["type": "array", "items": items] }
    static func words(_ all: [String]) -> JSON { ["type": "string", "enum": .array(all.map { .string($0) })] }

    /// - Parameter strict: what is taken refuses unknown fields; what is answered may grow.
    static func object(
        _ members: [(String, JSON)], required: [String] = [], strict: Bool = false
    ) -> JSON {
        JSON(present: [
            ("type", "object"), ("properties", .object(members)),
            ("required", required.isEmpty ? nil : .array(required.map { .string($0) })),
            ("additionalProperties", strict ? false : nil),
        ])
    }

    private static let problem = object([
        ("type", string), ("title", string), ("status", ["type": "integer"]), ("detail", string), ("code", string),
        ("requestId", string), ("alternatives", array(instant)), ("occurrences", array(plannedMeeting)),
        ("challenge", object([
            ("value", string), ("seed", string), ("bits", ["type": "integer"]), ("expiresAt", instant),
        ])),
        ("errors", array(object([("field", string), ("code", string), ("message", string)]))),
    ], required: ["type", "title", "status", "code", "requestId"])

    private static let aboutMe: [(String, JSON)] = [
        ("name", text(200)), ("timezone", string), ("clock", words(HourClock.allCases.map(\.rawValue))),
        ("language", string), ("handle", ["type": ["string", "null"], "maxLength": .int(Int64(Handle.longest))]),
        ("text", text(Int64(ProfileWish.longestText))), ("adHocLinks", flag),
        ("notifications", object(ProfileEvent.allCases.map { event in
            (event.rawValue, object(ProfileChannel.allCases.map { ($0.rawValue, flag) }, strict: true))
        }, strict: true)),
    ]

    private static let meBody = object(aboutMe, strict: true)

    private static let me = object(aboutMe + [
        ("id", id), ("email", string), ("picture", ["type": ["string", "null"]]), ("role", string),
        ("scopes", array(string)), ("workspace", object([("id", id), ("name", string)])),
    ], required: ["id", "email", "role", "workspace"])

    private static let member = object([
        ("id", id), ("name", string), ("email", string), ("timezone", string),
        ("role", words(Role.allCases.map(\.rawValue))), ("grants", array(words(Grant.allCases.map(\.rawValue)))),
        ("active", flag), ("createdAt", instant),
    ], required: ["id", "name", "email", "role", "active"])

    private static func team(body: Bool) -> JSON {
        let person: [(String, JSON)] = [
            ("userId", id), ("manages", flag), ("part", text(Int64(TeamWish.longestPart))),
        ]
        let common: [(String, JSON)] = [("name", text(120)), ("slug", text(80))] + teamPage
        guard !body else {
            let people = object(person, required: ["userId"], strict: true)
            return object(common + [("members", ["type": "array", "items": people, "maxItems": 200])], strict: true)
        }
        let people = array(object(person + [("name", string)]))
        return object(common + [("id", id), ("members", people), ("createdAt", instant)],
                      required: ["id", "name", "slug"])
    }

    private static let key = object([("id", id), ("name", string), ("scopes", array(string)), ("createdAt", instant)],
                                    required: ["id", "name"])

    private static let newKey = object([
        ("name", text(120)), ("scopes", array(string)), ("expiresAt", instant),
    ], required: ["name"], strict: true)

    /// By the kind of the question: a list for `multi_select`, `true` for a box, a text or number else.
    static let answer: JSON = ["anyOf": [text(Int64(Question.longestAnswer)), ["type": "number"], flag, array(string)]]

    private static let options = array(text(Int64(QuestionWish.longestOption)))

    static let question = object([
        ("id", id), ("kind", words(Question.Kind.allCases.map(\.rawValue))), ("label", text(300)), ("required", flag),
        ("hint", text(Int64(QuestionWish.longestHint))), ("options", options),
        ("onlyIf", object([
            ("question", number(1, Int64(LinkReading.mostQuestions))), ("anyOf", options),
        ], required: ["question"], strict: true)),
    ], required: ["label"], strict: true)

    private static let place = object([
        ("kind", words(LocationKind.allCases.map(\.rawValue))), ("text", text(500)),
    ], required: ["kind"], strict: true)

    private static let notice = object([
        ("value", number(0, 525_600)), ("unit", words(MinimumNotice.Unit.allCases.map(\.rawValue))),
    ], strict: true)

    private static let window = object([
        ("kind", words(["rolling_days", "rolling_business_days", "bookable_days", "range"])), ("days", number(1, 730)),
        ("from", ["type": "string", "format": "date"]), ("to", ["type": "string", "format": "date"]),
    ], strict: true)

    private static let limit = object([
        // Links belong to no team so far; the word is kept for it.
        ("scope", words(LimitScope.allCases.filter { $0 != .team }.map(\.rawValue))),
        ("per", words(LimitPeriod.allCases.map(\.rawValue))), ("count", number(1, 1000)),
        ("minutes", number(5, 44_640)),
    ], required: ["scope", "per"], strict: true)

    private static let linkRhythm: [(String, JSON)] = [
        ("gapRule", words(GapRule.allCases.map(\.rawValue))), ("travelBeforeMinutes", number(0, 480)),
        ("travelAfterMinutes", number(0, 480)), ("firstOfDay", flag), ("besideFirst", flag),
        ("bookerHours", [
            "type": ["object", "null"], "properties": .object(WeeklyJSON.days.map { ($0, windows) }),
            "additionalProperties": false,
        ]),
        ("limits", ["type": "array", "items": limit, "maxItems": .int(Int64(LinkReading.mostLimits))]),
    ]

    private static func link(body: Bool) -> JSON {
        let common: [(String, JSON)] = [
            ("title", text(120)), ("slug", text(80)), ("description", text(5000)),
            ("kind", words(LinkKind.made.map(\.rawValue))),
            ("durationMinutes", [
                "type": "array", "items": number(5, 480), "minItems": 1, "uniqueItems": true,
                "maxItems": .int(Int64(LinkReading.mostLengths)),
            ]),
            ("stepMinutes", ["type": ["integer", "null"], "minimum": 5, "maximum": 480]),
            ("alignMinutes", number(0, 60)), ("offsetMinutes", number(0, 480)),
            ("bufferBeforeMinutes", number(0, 480)), ("bufferAfterMinutes", number(0, 480)),
            ("minimumNotice", notice), ("window", window), ("scheduleId", id),
            ("questions", array(APIOperation.reference("Question"))),
            ("locations", [
                "type": "array", "items": APIOperation.reference("Place"), "minItems": 1, "maxItems": 8,
            ]),
            ("active", flag), ("version", ["type": "integer"]),
            ("hosts", array(linkHost)), ("rotation", rotation), ("pools", linkPools),
            ("resources", linkNeeds), ("hostChoice", hostChoice),
        ]
        let whole = common + linkRhythm + linkDoor + linkLook + linkApproval + strangers + linkSeats
            + [("recurring", recurring)] + linkWaitlist
        guard !body else { return object(whole + [("hours", ["type": "object"])], strict: true) }
        let own: [(String, JSON)] = [("id", id), ("createdAt", instant), ("managed", managed)]
        return object(whole + own, required: ["id", "title", "slug", "kind"])
    }

    /// Priority and weight count where the hosts of a link rotate.
    private static let linkHost = object([
        ("userId", id), ("role", words(["fixed", "rotating"])), ("name", string), ("priority", number(0, 4)),
        ("weight", number(1, 1000)), ("pool", text(Int64(LinkPool.longestName))),
    ])

    private static let rotation = object([
        ("strategy", words(Rotation.Strategy.allCases.map(\.rawValue))),
        ("maximumLead", ["type": ["integer", "null"], "minimum": 1, "maximum": 1000]),
        ("period", words(RotationRules.Period.allCases.map(\.rawValue))),
        ("countsBy", words(RotationRules.CountsBy.allCases.map(\.rawValue))),
        ("creditsCancelled", flag), ("creditsNoShow", flag), ("movesReassign", flag),
    ], strict: true)

    private static let date: JSON = ["type": "string", "format": "date"]
    /// Pairs of times: `[["09:00", "12:00"]]`; ends go up to 48:00.
    private static let windows = array(["type": "array", "items": string, "minItems": 2, "maxItems": 2])

    private static func schedule(body: Bool) -> JSON {
        let common: [(String, JSON)] = [
            ("name", text(120)), ("timezone", string),
            ("weekly", object(WeeklyJSON.days.map { ($0, windows) }, strict: body)),
            ("overrides", ["type": "array", "maxItems": .int(Int64(Schedule.mostOverrides)), "items": object(
                [("date", date), ("windows", windows)], required: ["date", "windows"], strict: body)]),
            ("user", id), ("version", ["type": "integer"]),
        ]
        guard !body else { return object(common, strict: true) }
        return object(common + [("id", id)], required: ["id", "name", "timezone", "weekly", "overrides", "version"])
    }

    private static func timeOff(body: Bool) -> JSON {
        let common: [(String, JSON)] = [
            ("kind", words(TimeAway.Kind.allCases.map(\.rawValue))), ("from", date), ("to", date),
            ("reason", text(Int64(TimeAway.longestReason))), ("redirectTo", id), ("timezone", string), ("user", id),
        ]
        guard !body else { return object(common, required: ["kind", "from", "to"], strict: true) }
        return object(common + [("id", id)], required: ["id", "kind", "from", "to", "user"])
    }

    private static let attendeeMay = object([("reschedule", flag), ("cancel", flag)], strict: true)

    private static let linkDoor: [(String, JSON)] = [
        ("hidden", flag), ("expiresAt", ["type": ["string", "null"], "format": "date-time"]),
        ("maxUses", ["type": ["integer", "null"], "minimum": 1, "maximum": 100_000]),
        ("accessCode", ["type": ["string", "null"], "minLength": 4, "maxLength": 40]),
        ("maxGuests", number(0, 50)), ("attendeeMay", attendeeMay),
        ("rescheduleNoticeMinutes", number(0, 525_600)), ("cancelNoticeMinutes", number(0, 525_600)),
        ("cancelReasonRequired", flag),
    ]

    private static let linkLook: [(String, JSON)] = [
        ("color", ["type": ["string", "null"], "pattern": "^#[0-9a-fA-F]{6}$"]),
        ("language", ["type": ["string", "null"]]), ("lockTimezone", flag), ("confirmationText", text(2000)),
        ("redirectUrl", ["type": ["string", "null"], "maxLength": 2000]), ("redirectDetails", flag),
        ("eventTitle", ["type": ["string", "null"], "maxLength": 200]),
        ("allowedOrigins", ["type": "array", "maxItems": 20, "items": ["type": "string", "maxLength": 200]]),
    ]

    private static let linkApproval: [(String, JSON)] = [
        ("requiresApproval", flag), ("approvalHours", number(1, 168)),
    ]

    private static let openLink = object([
        ("slug", string), ("title", string), ("description", string), ("kind", string),
        ("durations", array(["type": "integer"])), ("locations", array(APIOperation.reference("Place"))),
        ("questions", array(APIOperation.reference("Question"))),
        ("hosts", array(object([("name", string), ("id", id)]))), ("hostChoice", hostChoice),
        ("zone", string), ("price", ["type": ["object", "null"]]), ("policies", ["type": "object"]),
        ("accessCodeRequired", flag), ("maxGuests", ["type": "integer"]), ("lockTimezone", flag),
        ("capacity", ["type": "integer"]), ("requiresApproval", flag),
        ("emailCodeRequired", flag), ("botDefence", string), ("recurring", openRecurring),
        ("waitlist", flag),
    ], required: ["title", "durations", "questions", "zone"])

    private static let slots = object([
        ("timezone", string), ("generatedAt", instant), ("freshAsOf", instant),
        ("slots", ["type": "object", "additionalProperties": array(object([
            ("start", instant), ("end", instant), ("beside", flag),
            ("seatsLeft", ["type": "integer"]),
        ]))]),
    ], required: ["timezone", "generatedAt", "slots"])

    /// Of one time; of a date they stand in `starts`.
    private static let explanation: JSON = {
        let reason = object([
            ("code", words(Reason.allCases.map(\.rawValue))), ("start", instant), ("end", instant), ("title", string),
            ("booking", id), ("pool", string),
        ], required: ["code"])
        let host = object([("host", id), ("free", flag), ("reasons", array(reason))], required: ["host", "free"])
        let start: [(String, JSON)] = [
            ("start", instant), ("free", flag), ("reason", string), ("hosts", array(host)), ("reasons", array(reason)),
        ]
        return object(start + [
            ("date", date), ("timezone", string), ("durationMinutes", ["type": "integer"]),
            ("starts", array(object(start, required: ["start", "free", "hosts"]))),
        ])
    }()

    private static let newHold = object(
        [("start", instant), ("duration", number(5, 480)), ("host", hostName)], required: ["start"], strict: true)
    private static let moveHold = object([("start", instant)], required: ["start"], strict: true)
    private static let hold = object(
        [("holdToken", string), ("expiresAt", instant)], required: ["holdToken", "expiresAt"])
    private static let move = object([("start", instant), ("reason", text(1000))], required: ["start"], strict: true)

    /// One of the link's places: its number, its kind, or either with the attendee's own text.
    private static let location: JSON = ["oneOf": [
        ["type": "integer", "minimum": 0, "maximum": 7], words(LocationKind.allCases.map(\.rawValue)),
        object([("index", number(0, 7)), ("kind", words(LocationKind.allCases.map(\.rawValue))), ("text", text(300))]),
    ]]

    private static let newBooking = object([
        ("start", instant), ("duration", number(5, 480)), ("timezone", string),
        ("attendee", object([
            ("name", text(200)), ("email", ["type": "string", "format": "email", "maxLength": 254]),
            ("phone", text(40)), ("locale", text(35)),
        ], required: ["name", "email"], strict: true)),
        ("bookedBy", object([
            ("name", text(200)), ("email", ["type": "string", "format": "email", "maxLength": 254]),
        ], required: ["name", "email"], strict: true)),
        ("guests", ["type": "array", "items": ["type": "string", "format": "email"], "maxItems": 50]),
        ("location", location),
        ("answers", ["type": "object", "additionalProperties": answer]), ("holdToken", string),
        ("utm", ["type": "object", "additionalProperties": text(255)]),
        ("source", words(BookingSource.allCases.filter {
            ![.host, .singleUse, .oneOff, .sheet, .poll].contains($0)
        }.map(\.rawValue))),
        ("host", hostName), ("emailCode", text(20)), ("proof", text(Int64(Proof.longest))), ("recurrence", recurrence),
    ], required: ["start", "timezone", "attendee"], strict: true)

    /// Without an attendee it is for the contact.
    private static let singleUseBooking = object([
        ("start", instant), ("duration", number(5, 480)), ("timezone", string),
        ("attendee", object([
            ("name", text(200)), ("email", ["type": "string", "format": "email", "maxLength": 254]),
            ("phone", text(40)), ("locale", text(35)),
        ], strict: true)),
        ("guests", ["type": "array", "items": ["type": "string", "format": "email"], "maxItems": 50]),
        ("location", location),
        ("answers", ["type": "object", "additionalProperties": answer]), ("holdToken", string),
        ("utm", ["type": "object", "additionalProperties": text(255)]), ("host", hostName),
    ], required: ["start", "timezone"], strict: true)

    private static let oneOffBooking = object([
        ("start", instant), ("duration", number(5, 480)), ("timezone", string),
        ("attendee", object([
            ("name", text(200)), ("email", ["type": "string", "format": "email", "maxLength": 254]),
            ("phone", text(40)), ("locale", text(35)),
        ], required: ["name", "email"], strict: true)),
        ("guests", ["type": "array", "items": ["type": "string", "format": "email"], "maxItems": 50]),
        ("utm", ["type": "object", "additionalProperties": text(255)]),
    ], required: ["start", "timezone", "attendee"], strict: true)

    private static let booking = object([
        ("id", id), ("uid", string), ("status", APIOperation.reference("BookingStatus")), ("start", instant),
        ("end", instant), ("timezone", string), ("link", object([("slug", string), ("title", string)])),
        ("hosts", array(object([("name", string)]))), ("attendee", ["type": "object"]), ("guests", array(string)),
        // The attendee reads the name alone.
        ("bookedBy", object([("name", string), ("email", string)], required: ["name"])),
        ("session", string), ("seats", ["type": "integer"]),
        ("answers", ["type": "object", "additionalProperties": answer]), ("location", ["type": "object"]),
        ("resources", array(object([("name", string), ("kind", string), ("place", string)]))),
        ("token", string), ("reason", string), ("source", string), ("utm", ["type": "object"]), ("createdAt", instant),
        ("version", ["type": "integer"]),
        ("moves", array(object([("from", instant), ("to", instant), ("at", instant), ("by", string)]))),
        ("reconfirmation", string), ("proposal", proposal),
        ("series", seriesPlace), ("occurrences", array(seriesMeeting)),
        ("approval", object([
            ("answerBy", instant), ("confirmedStart", instant), ("confirmedEnd", instant),
        ], required: ["answerBy"])),
    ], required: ["id", "uid", "status", "start", "end", "timezone", "version"])
}

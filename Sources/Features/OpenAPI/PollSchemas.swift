/// What the API says of polls.
import Scheduling
import Web

extension APIOperation {
    static let polls: [String: APIOperation] = [
        "GET /api/v1/polls": APIOperation(
            summary: "Polls, newest first, without options and answers.", query: page,
            success: (200, list(of: "ListedPoll")), problems: [422]),
        "POST /api/v1/polls": APIOperation(
            summary: "Ask which of up to forty times or dates suit; the open address is told once.",
            body: "NewPoll", success: (201, reference("Poll")), problems: [409, 422], takesKey: true),
        "GET /api/v1/polls/:id": APIOperation(
            summary: "One poll with all answers, e-mail addresses for keys that may read bookings.",
            success: (200, reference("Poll")), problems: [404]),
        "DELETE /api/v1/polls/:id": APIOperation(
            summary: "Delete it with all answers; a meeting that came of it stays.", success: (204, nil),
            problems: [404, 409]),
        "DELETE /api/v1/polls/:id/options/:option": APIOperation(
            summary: "Take an option off, with what was said to it; one stays at least.", success: (204, nil),
            problems: [404, 409]),
        "DELETE /api/v1/polls/:id/voters/:voter": APIOperation(
            summary: "Take somebody off, with their answers and what they alone proposed.", success: (204, nil),
            problems: [404]),
        "POST /api/v1/polls/:id/closing": APIOperation(
            summary: "Take no more answers.", success: (200, reference("Poll")), problems: [404]),
        "POST /api/v1/polls/:id/reopening": APIOperation(
            summary: "Take answers again, until the deadline or until it is decided.", body: "PollReopening",
            success: (200, reference("Poll")), problems: [404, 409, 422]),
        "POST /api/v1/polls/:id/finalization": APIOperation(
            summary: "Make a booking of one option.", body: "PollDecision", success: (201, reference("Poll")),
            problems: [404, 409, 422], takesKey: true),
        "GET /api/v1/public/polls/:token": APIOperation(
            summary: "The options and, unless hidden, how many said what.", success: (200, reference("OpenPoll")),
            problems: [404]),
        "POST /api/v1/public/polls/:token/options": APIOperation(
            summary: "One option more, at the address of somebody who has answered.", body: "PollProposal",
            success: (201, reference("OpenPoll")), problems: [404, 409, 410, 422]),
        "POST /api/v1/public/polls/:token/votes": APIOperation(
            summary: "Answer: 201 with an address of one's own at the open one, 200 at one's own.", body: "PollVotes",
            success: (201, reference("KeptPollVotes")), problems: [404, 409, 410, 422, 429], takesKey: true),
    ]
}

extension APISchemas {
    private static let count: JSON = ["type": "integer", "minimum": 0]
    private static let maybeText: JSON = ["type": ["string", "null"]]
    private static let maybeInstant: JSON = ["type": ["string", "null"], "format": "date-time"]
    private static let length: JSON = [
        "type": "integer", "minimum": .int(Int64(OneOff.lengths.lowerBound)),
        "maximum": .int(Int64(OneOff.lengths.upperBound)),
    ]

    private static func most(_ number: Int, _ items: JSON) -> JSON {
        ["type": "array", "maxItems": .int(Int64(number)), "items": items]
    }

    private static let said = words(PollAnswer.allCases.map(\.rawValue))
    private static let votes = most(Poll.mostOptions, object(
        [("optionId", string), ("answer", said)], required: ["optionId", "answer"], strict: true))

    /// Times have a start, an end and a length, dates a date; without counts where they are hidden.
    private static let option = object([
        ("id", string), ("start", instant), ("end", instant), ("durationMinutes", length),
        ("date", ["type": "string", "format": "date"]),
        ("votes", object([("yes", count), ("ifNeedBe", count), ("no", count)], required: ["yes", "ifNeedBe", "no"])),
        ("free", flag), ("busy", flag), ("proposedBy", string),
    ], required: ["id"])

    private static let listedPoll: [(String, JSON)] = [
        ("id", string), ("state", words(PollState.allCases.map(\.rawValue))), ("title", string), ("place", string),
        ("timezone", string), ("open", flag), ("hidesVotes", flag), ("takesProposals", flag), ("holds", flag),
        ("deadline", maybeInstant), ("hostId", string), ("chosenOptionId", maybeText), ("bookingId", maybeText),
        ("createdAt", instant), ("closedAt", maybeInstant),
    ]

    static let polls: [(String, JSON)] = [
        ("NewPoll", object([
            ("title", text(Int64(Poll.longestTitle))), ("place", text(Int64(Poll.longestPlace))),
            ("timezone", string),
            ("times", most(Poll.mostOptions, object(
                [("start", instant), ("durationMinutes", length)], required: ["start", "durationMinutes"],
                strict: true))),
            ("dates", most(Poll.mostOptions, ["type": "string", "format": "date"])),
            ("invited", most(Poll.mostInvited, ["type": "string", "format": "email"])), ("open", flag),
            ("hidesVotes", flag), ("takesProposals", flag), ("holds", flag), ("deadline", instant),
            ("hostId", string),
        ], required: ["title", "timezone"], strict: true)),
        ("ListedPoll", object(listedPoll, required: ["id", "state", "title", "timezone", "createdAt"])),
        ("Poll", object(
            listedPoll + [
                ("options", array(option)), ("voters", array(object([
                    ("id", string), ("name", string), ("email", string), ("invited", flag), ("votedAt", maybeInstant),
                    ("votes", votes),
                ], required: ["id", "name", "invited", "votes"]))), ("url", string),
            ], required: ["id", "state", "title", "timezone", "options", "voters", "createdAt"])),
        ("PollDecision", object([
            ("optionId", string), ("voterIds", most(Poll.mostVoters, string)), ("start", instant),
            ("durationMinutes", length),
        ], required: ["optionId"], strict: true)),
        ("PollReopening", object([("deadline", instant)], required: [], strict: true)),
        ("PollProposal", object(
            [("start", instant), ("date", ["type": "string", "format": "date"])], required: [], strict: true)),
        ("OpenPoll", object([
            ("title", string), ("place", string), ("state", words(PollState.allCases.map(\.rawValue))),
            ("timezone", string), ("hosts", array(object([("name", string)], required: ["name"]))),
            ("deadline", maybeInstant), ("takesProposals", flag), ("options", array(option)),
            ("answered", array(string)), ("chosenOptionId", maybeText), ("votes", votes),
        ], required: ["title", "state", "timezone", "options"])),
        ("PollVotes", object([
            ("name", text(200)), ("email", ["type": "string", "format": "email", "maxLength": 254]),
            ("timezone", string), ("votes", votes),
        ], required: ["votes"], strict: true)),
        ("KeptPollVotes", object([("name", string), ("votes", votes), ("url", string)], required: ["name", "votes"])),
    ]
}

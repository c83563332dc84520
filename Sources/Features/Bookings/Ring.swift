/// A visitor who wants to talk at once: all hosts of the link who are free hear of it, and the first to take it meets
/// them.
import Database
import Scheduling
import Web

package struct Ring: Identified, Hashable, Sendable {
    package static let idPrefix = "rng"
    /// How long it rings, in seconds.
    package static let seconds: Int64 = 60
    /// How long the visitor's page looks on after that, in seconds: a host may have taken it in the last one.
    static let grace: Int64 = 5
    /// How many ring on one link at once.
    static let most = 20
    /// How long it is kept, in seconds: what a visitor typed stays for who was called, and no longer.
    static let kept: Int64 = 86_400
    static let longestMessage = 2_000

    package enum State: String, CaseIterable, Sendable, SQLValue { case ringing, accepted, cancelled, missed }

    package var id: ID<Ring>
    package var link: ID<Link>
    var wish: RingWish
    var state: State
    package var createdAt: Instant
    var expires: Instant
    /// Whom it rings for, and who of them has passed.
    var hosts: [ID<User>: Bool]
    /// Who took it.
    var host: ID<User>?
    package var booking: ID<Booking>?
    /// What the visitor left when nobody came.
    var message = ""

    /// Whether somebody can still take it.
    func isRinging(now: Instant) -> Bool { state == .ringing && now < expires && hosts.values.contains(false) }

    /// Whether it may still turn out that somebody took it.
    func isAwaited(now: Instant) -> Bool { isRinging(now: now.adding(seconds: -Self.grace)) }

    /// Whether this person is asked now.
    func asks(_ user: ID<User>, now: Instant) -> Bool { isRinging(now: now) && hosts[user] == false }
}

/// Who calls, and what they have answered.
struct RingWish: Hashable, Sendable {
    var attendee: Attendee
    var answers: [Answered] = []
    var guests: [String] = []
    var location: Location
    var utm: [String: String] = [:]

    func booker(_ zones: Zones) -> Booker { Booker(email: attendee.email, zone: zones.zone(attendee.zone)) }

    /// What was typed, as the form names it.
    var typed: [(String, String)] {
        var typed = [("attendee.name", attendee.name), ("attendee.email", attendee.email)]
        if let phone = attendee.phone { typed.append(("attendee.phone", phone)) }
        if !guests.isEmpty { typed.append(("guests", guests.joined(separator: "\n"))) }
        return typed + answers.flatMap(\.formValues)
    }

    var encoded: String {
        JSON(present: [
            ("name", .string(attendee.name)), ("email", .string(attendee.email)), ("phone", JSON(attendee.phone)),
            ("zone", .string(attendee.zone)), ("language", .string(attendee.language)),
            ("answers", .array(answers.map { answer in
                [
                    .string(answer.question.text), .string(answer.label), .string(answer.value),
                    .string(answer.kind.rawValue),
                ]
            })),
            ("guests", .array(guests.map { .string($0) })),
            ("location", [.string(location.kind.rawValue), .string(location.text)]),
            ("utm", .object(utm.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]).text
    }

    init(attendee: Attendee, location: Location) { (self.attendee, self.location) = (attendee, location) }

    init(decoding text: String) throws {
        let json = try JSON(reading: Array(text.utf8))
        func field(_ name: String) throws -> String {
            guard let value = json[name]?.string else { throw DatabaseError.mismatch("wish of ring") }
            return value
        }
        attendee = Attendee(
            name: try field("name"), email: try field("email"), phone: json["phone"]?.string, zone: try field("zone"),
            language: try field("language"))
        answers = (json["answers"]?.array ?? []).compactMap { answer in
            guard let question = answer[0]?.string.flatMap({ ID<Question>($0) }), let label = answer[1]?.string,
                let value = answer[2]?.string
            else { return nil }
            let kind = answer[3]?.string.flatMap(Question.Kind.init) ?? .text
            return Answered(question: question, label: label, value: value, kind: kind)
        }
        guests = (json["guests"]?.array ?? []).compactMap(\.string)
        location = Location(
            kind: json["location"]?[0]?.string.flatMap(LocationKind.init) ?? .custom,
            text: json["location"]?[1]?.string ?? "")
        for (name, value) in json["utm"]?.members ?? [] { utm[name] = value.string }
    }
}

/// What the product says no to about calls.
package enum RingRefusal: Refusal, Hashable {
    /// So many ring already that nobody would hear one more.
    case crowded
    case taken(by: String)
    /// Nobody rings any more.
    case over
    /// The host has become busy.
    case notFree

    package var status: Int { self == .crowded ? 429 : 409 }
    package var code: String { self == .crowded ? "rate_limited" : "conflict" }
    package var message: String {
        switch self {
        case .crowded: plain("Many people are calling just now. Try again in a minute, or pick a time.")
        case .taken(let name): plain("Taken by \(name). You need not do anything.")
        case .over: plain("Nobody is calling any more: they left, or a minute was over.")
        case .notFree: plain("You are busy at this time, so somebody else has to take it.")
        }
    }
}

/// Who could talk now: within their hours, not in a meeting and not away. Notice and grid are for times to come.
struct TalkNow: Sendable {
    let link: Link
    let start: Instant
    let now: Instant
    let zones: Zones
    let scope: Scope

    init(_ link: Link, now: Instant, zones: Zones, scope: Scope) {
        (self.link, self.now, self.zones, self.scope) = (link, now, zones, scope)
        start = Instant(now.seconds / 60 * 60)
    }

    /// Those who take their turn. Who may only read could not answer.
    func crew(in tx: Transaction) throws -> [LinkHost] {
        let roles = try LinkHostStore.roles(of: link.hosts.map(\.id), scope: scope, in: tx)
        return link.hosts.filter { host in
            link.share(of: host.id).isActive
                && roles[host.id].map { Permission.granted(to: $0).contains(.manageBookings) } ?? false
        }
    }
    var ends: Instant { start.adding(minutes: link.rules.duration) }

    /// - Parameters:
    ///   - crew: who is asked; for those who are locked the answer stays true.
    ///   - booker: whose limits hold; nobody's as long as nobody has said who they are.
    ///   - people: how many meet them, guests included.
    func times(
        of crew: [LinkHost], for booker: Booker = Booker(), people: Int = 1, in tx: Transaction
    ) throws -> OfferedTimes {
        try OfferedTimes(
            link: link, crew: crew, from: start, to: ends, people: people, booker: booker, now: now, zones: zones,
            scope: scope, in: tx)
    }

    /// Those for whom it rings, in their order: who is free and has opened, even if they close before the end.
    func called(_ times: OfferedTimes) -> [String] {
        let moment = explanation(times, minutes: 1)
        let closed = moment.hosts.filter { host in host.causes.contains { $0.origin == .hours } }.map(\.id)
        return free(times).filter { !closed.contains($0) }
    }

    /// Those who are in no meeting and not away, in their order; nobody where what is needed beside them is not free.
    /// Who answers is there, whatever their hours.
    func free(_ times: OfferedTimes) -> [String] {
        let told = explanation(times, minutes: link.rules.duration)
        guard told.forAll.allSatisfy({ Self.passes($0.reason) }) else { return [] }
        return told.hosts.filter { host in host.causes.allSatisfy { Self.passes($0.reason) } }.map(\.id)
    }

    func isSomebodyThere(in tx: Transaction) throws -> Bool { try !called(times(of: crew(in: tx), in: tx)).isEmpty }

    private func explanation(_ times: OfferedTimes, minutes: Int) -> Explanation {
        var question = times.question(from: start, to: start.adding(minutes: minutes), duration: minutes)
        (question.rules.notice, question.rules.window) = (.minutes(0), .unlimited)
        return question.explanation(at: start)
    }

    private static func passes(_ reason: Reason) -> Bool {
        switch reason {
        case .outsideHours, .dateClosed, .windowTooShort, .windowInSkippedHour, .notOnGrid, .tooSoon, .tooFar,
            .notFirstOfDay, .outsideBookerHours, .overLead:
            true
        default: false
        }
    }
}

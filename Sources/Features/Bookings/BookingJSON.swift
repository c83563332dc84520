/// A booking as the API tells it; the form of every answer that holds one.
import Scheduling
import Web

package struct BookingJSON: Sendable {
    let booking: Booking
    let link: Link
    let history: [BookingRecord]
    let zones: Zones
    /// Whose token it is told for; nil for hosts, keys and webhooks.
    private var reader: TokenHolder?

    package init(_ booking: Booking, link: Link, history: [BookingRecord] = [], zones: Zones) {
        self.booking = booking
        self.link = link
        self.history = history
        self.zones = zones
    }

    /// The same for whoever holds a token.
    func told(to reader: TokenHolder?) -> BookingJSON {
        var told = self
        told.reader = reader
        return told
    }

    /// Whoever was given one booking of a hidden link does not learn where others are made.
    private var tellsSlug: Bool {
        reader == nil || !link.rules.access.hidden || ![.singleUse, .oneOff, .sheet, .poll].contains(booking.source)
    }

    /// - Parameter token: told once, by the call that books and by each reschedule.
    package func json(token: String?) -> JSON {
        let state = booking.state
        let zone = zones.zone(booking.attendee.zone)
        return JSON(present: [
            ("id", .string(booking.id.text)),
            ("uid", .string(booking.uid)),
            ("status", .string(state.status.rawValue)),
            ("start", .string(state.starts.rfc3339(in: zone))),
            ("end", .string(state.ends.rfc3339(in: zone))),
            ("timezone", .string(booking.attendee.zone)),
            ("link", JSON(present: [
                ("slug", tellsSlug ? .string(link.rules.slug) : nil), ("title", .string(link.rules.title)),
            ])),
            ("hosts", .array(booking.hosts.map { ["name": .string($0.name)] })),
            ("attendee", attendee),
            ("bookedBy", reader == .attendee ? booking.bookedBy?.toAttendee : booking.bookedBy?.json),
            ("guests", .array((reader == nil || booking.tellsGuests ? booking.guests : []).map { .string($0) })),
            ("session", booking.session.map { .string($0.text) }),
            ("seats", booking.session == nil ? nil : .int(Int64(booking.seats))),
            ("answers", .object(booking.answers.map { ($0.question.text, $0.json) })),
            ("location", location),
            ("resources", booking.resources.isEmpty ? nil : .array(booking.resources.map(resource))),
            ("series", booking.series.map(SeriesJSON.place)),
            ("token", token.map { .string($0) }),
            ("reason", booking.reason.isEmpty ? nil : .string(booking.reason)),
            ("source", .string(booking.source.rawValue)),
            ("utm", .object(booking.utm.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ("createdAt", .string(booking.createdAt.rfc3339())),
            ("version", .int(Int64(state.version))),
            ("moves", .array(ConfirmedTimes(history).moves.map { move(zone, $0.from, $0.to, $0.record) })),
            ("approval", state.waiting.map { approval(zone, $0) }),
            ("proposal", booking.standingProposal.map { proposal(zone, $0) }),
            ("reconfirmation", "none"),
        ])
    }

    private var attendee: JSON {
        JSON(present: [
            ("name", .string(booking.attendee.name)),
            ("email", .string(booking.attendee.email)),
            ("phone", booking.attendee.phone.map { .string($0) }),
            ("locale", .string(booking.attendee.language)),
        ])
    }

    private func resource(_ resource: BookableResource) -> JSON {
        [
            "name": .string(resource.name), "kind": .string(resource.kind.rawValue),
            "place": .string(resource.place),
        ]
    }

    private var location: JSON {
        let url = WebURL(booking.location.text)?.text
        return JSON(present: [
            ("kind", .string(booking.location.kind.rawValue)),
            ("url", url.map { .string($0) }),
            ("text", url == nil && !booking.location.text.isEmpty ? .string(booking.location.text) : nil),
        ])
    }

    /// Until when its host may answer, and what is confirmed meanwhile.
    private func approval(_ zone: Zone?, _ waiting: Waiting) -> JSON {
        JSON(present: [
            ("answerBy", .string(waiting.until.rfc3339(in: zone))),
            ("confirmedStart", (waiting.kept?.start.rfc3339(in: zone)).map { .string($0) }),
            ("confirmedEnd", (waiting.kept?.end.rfc3339(in: zone)).map { .string($0) }),
        ])
    }

    private func move(_ zone: Zone?, _ from: Instant?, _ to: Instant?, _ record: BookingRecord) -> JSON {
        [
            "from": JSON(from?.rfc3339(in: zone)),
            "to": JSON(to?.rfc3339(in: zone)),
            "at": .string(record.at.rfc3339()),
            // Who it was by kind alone: ids of people and keys are not the attendee's business.
            "by": .string(record.actor.split(separator: ":").first.map(String.init) ?? record.actor),
        ]
    }
}

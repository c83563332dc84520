/// One booking as its mails see it.
import Scheduling
import Web

import Features

enum MailSamples {
    static let zones = Zones.standard(environment: [:], dataFolder: "")

    static func zone(_ name: String) -> Zone {
        guard let zone = zones.zone(name) else { preconditionFailure("no zone \(name)") }
        return zone
    }

    /// Thursday 3 December 2026, 10:30 in Lisbon, 11:30 in Oslo.
    static func facts() -> BookingMailFacts {
        var facts = BookingMailFacts(
            bookingID: "bk_06f4", workspaceName: "Nordhavn Instruments", title: "Product walkthrough",
            host: .init(id: "usr_1", name: "Ingrid Aasland-Okonkwo", email: "ingrid@nordhavn.example",
                        zone: zone("Europe/Oslo")),
            attendee: .init(id: "attendee", name: "Sam Lee", email: "sam@example.org", zone: zone("Europe/Lisbon")),
            starts: Instant(1_796_293_800), ends: Instant(1_796_295_600), location: "meet.example/kqv",
            addresses: .init(
                view: "https://meet.nordhavn.example/booked/SECRET",
                reschedule: "https://meet.nordhavn.example/book/reschedule/SECRET",
                cancel: "https://meet.nordhavn.example/book/cancel/SECRET",
                host: "https://meet.nordhavn.example/bookings/bk_06f4",
                bookAgain: "https://meet.nordhavn.example/book/walkthrough"),
            uid: "bk_06f4-x@meet.nordhavn.example", sequence: 0, occasion: "1", now: Instant(1_795_446_000),
            mailFrom: "bookings@meet.nordhavn.example")
        facts.locationURL = "https://meet.example/kqv"
        facts.answers = [.init(label: "What shall we look at?", value: "Night-time air quality.\nWards 3 & 4.")]
        return facts
    }

    /// An hour later, told by the attendee.
    static func moved() -> BookingMailFacts {
        var moved = facts()
        moved.previousStarts = moved.starts
        moved.starts = moved.starts.adding(hours: 1)
        moved.ends = moved.ends.adding(hours: 1)
        (moved.sequence, moved.occasion, moved.now) = (1, "2", moved.now.adding(hours: 1))
        moved.reason = "The train is late"
        return moved
    }

    static func cancelled() -> BookingMailFacts {
        var cancelled = moved()
        (cancelled.sequence, cancelled.occasion, cancelled.now) = (2, "3", cancelled.now.adding(hours: 1))
        cancelled.reason = "Ill, sorry"
        cancelled.actor = .host
        return cancelled
    }
}

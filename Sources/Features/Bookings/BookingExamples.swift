/// Made-up bookings for the gallery of pages and for tests that draw every page.
import Scheduling
import Web

private let monday = Instant(1_796_029_200)  // Monday 30 November 2026, 09:00 UTC
private let noRandomness = [UInt8](repeating: 7, count: 10)

extension Link {
    package static var example: Link {
        var rules = LinkRules(title: "Product walkthrough", slug: "product-walkthrough")
        rules.description = "See the sensor network live, with your own buildings on the map."
        rules.locations = [Location(kind: .video, text: "https://meet.example/kqv-ynzd-ohe")]
        return Link(
            id: ID(milliseconds: 0, random: noRandomness), rules: rules,
            schedule: ID(milliseconds: 0, random: noRandomness), hosts: [.example], questions: [.example], version: 1,
            createdAt: monday)
    }
}

extension LinkHost {
    package static var example: LinkHost {
        LinkHost(
            id: ID(milliseconds: 0, random: noRandomness), name: "Ingrid Aasland-Okonkwo",
            email: "ingrid@nordhavn.example", zone: "Europe/Oslo")
    }
}

extension Question {
    package static var example: Question {
        Question(
            id: ID(milliseconds: 0, random: noRandomness), kind: .textarea, label: "What would you like to see?",
            required: true)
    }
}

extension Picker {
    package static var example: Picker {
        let starts = (0..<12).map { monday.adding(days: $0 / 4 + 1).adding(minutes: $0 % 4 * 150) }
        return Picker(
            .example, starts: starts, hostZone: .utc, horizon: monday.adding(days: 30), now: monday,
            PickerAsk(zone: .utc))
    }
}

extension Booking {
    package static var example: Booking {
        let starts = monday.adding(days: 3).adding(minutes: 90)
        return Booking(
            id: ID(milliseconds: 0, random: noRandomness), link: Link.example.id, uid: "bk-1@meet.example",
            state: .booked(starts: starts, ends: starts.adding(minutes: 30)), anchorZone: "Europe/Oslo",
            anchorLocal: "2026-12-03T11:30",
            attendee: Attendee(
                name: "長谷川 優子 (Yūko Hasegawa)", email: "y.hasegawa@kpuh.example", zone: "Europe/Lisbon",
                language: "en"),
            location: Link.example.rules.firstLocation, hosts: [.example],
            answers: [Answered(question: Question.example.id, label: Question.example.label, value: "Wards 3 and 4.")],
            source: .page, utm: [:], reason: "", createdAt: monday)
    }
}

/// The demo's meetings: people who booked a week ago, some of whom have met already, and some still to come.
import Database
import Scheduling
import Web

extension MakeDemo {
    /// Books through the same use case as a booker, with a clock that stands a week back; nobody is mailed.
    func book(_ links: [Link], scope: Scope) async throws {
        let world = installation.world
        let then = World(
            clock: .standing(at: world.now.adding(days: -7)), entropy: world.entropy, zones: world.zones)
        let past = Installation(
            database: installation.database, world: then, keyring: installation.keyring, address: installation.address,
            mailFrom: installation.mailFrom, languages: installation.languages)
        for (index, guest) in Self.guests.enumerated() where !links.isEmpty {
            let link = links[index % links.count]
            try await book(guest, on: link, number: index, past, scope: scope)
        }
    }

    /// Every guest takes a free time a little further ahead than the one before.
    private func book(
        _ guest: Guest, on link: Link, number: Int, _ past: Installation, scope: Scope
    ) async throws {
        let (now, zones) = (past.world.now, past.world.zones)
        let starts = try await past.database.read(scope) { tx in
            let end = now.adding(days: 21)
            return try OfferedTimes(link: link, from: now, to: end, now: now, zones: zones, scope: scope, in: tx)
                .question(from: now, to: end).slots().map(\.start)
        }
        guard !starts.isEmpty else { return }
        let start = starts[min(starts.count - 1, (number + 1) * starts.count / (Self.guests.count + 1))]
        let attendee = Attendee(name: guest.name, email: guest.email, zone: guest.zone, language: "en")
        let answers = link.questions.prefix(1).map { Answered(question: $0.id, label: $0.label, value: guest.answer) }
        var request = BookingRequest(start: start, attendee: attendee, answers: answers)
        request.isQuiet = true
        _ = try await BookSlot(past)(request, link: link.id, scope: scope)
    }

    private struct Guest {
        let name: String
        let email: String
        let zone: String
        let answer: String
    }

    private static let guests = [
        Guest(name: "Leïla Benkirane", email: "leila@clinique-atlas.example", zone: "Africa/Casablanca",
              answer: "Air in two waiting rooms."),
        Guest(name: "Óscar Etxeberria Goikoetxea", email: "oscar@bizkaiko-ura.example", zone: "Europe/Madrid",
              answer: "Pumps that report too late."),
        Guest(name: "長谷川 優子 (Yūko Hasegawa)", email: "y.hasegawa@kpuh.example", zone: "Asia/Tokyo",
              answer: "Night-time air quality on wards 3 and 4."),
        Guest(name: "Mateus Albuquerque de Oliveira", email: "mateus@curitiba.example", zone: "America/Sao_Paulo",
              answer: "Forty school buildings, one dashboard."),
        Guest(name: "أحمد عبد الرحمن المنصوري", email: "ahmad@water.example", zone: "Asia/Riyadh",
              answer: "How alarms reach the technician on duty."),
        Guest(name: "Siobhán Ní Dhomhnaill", email: "siobhan@galwayport.example", zone: "Europe/Dublin",
              answer: "Salt water and sensors."),
        Guest(name: "Nguyễn Thị Minh Khai", email: "khai@kbth.example", zone: "Asia/Ho_Chi_Minh",
              answer: "A second site in spring."),
    ]
}

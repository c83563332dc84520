/// What hosts and attendees of a session get: one event for the host, one of their own for each attendee.
import Capabilities
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Mails about sessions")
struct SendSessionMailTests {
    private func lines(_ text: String?) -> String { (text ?? "").replacing("\r\n ", with: "") }

    @Test("the host gets one event whose sequence grows as people come and go", arguments: Engine.all)
    func host(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link) { $0.guests = ["sam@kpuh.example"] }
            let session = try await stage.session(ana)
            let first = try await mails(stage, to: "ada@nordhavn.example")
            #expect(first.count == 1)
            #expect(first.first?.subject.contains("2 of 4 places taken") == true)
            #expect(first.first?.text.contains("Ana Berg comes.") == true)
            #expect(first.first?.text.contains("/calendar/sessions/\(session.id)") == true)
            let invitation = lines(first.first?.invitation?.text)
            #expect(invitation.contains("METHOD:REQUEST") && invitation.contains("UID:\(session.uid)"))
            #expect(invitation.contains("ana@kpuh.example\\, and one guest"))
            // In the list of who comes, not among those who are asked.
            #expect(invitation.components(separatedBy: "ATTENDEE").count == 2)

            // Two changes before the mail goes out: one mail, of how it stands then.
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            _ = try await CancelBooking(stage.installation)(ana.id, scope: stage.attending)
            let second = try await mails(stage, to: "ada@nordhavn.example")
            #expect(second.map(\.subject).count == 1 && second[0].subject.contains("1 of 4 places taken"))
            #expect(second[0].text.contains("Ana Berg no longer comes.") && second[0].text.contains("Bo Berg"))
            let sequences = [first, second].map { sequence($0.first?.invitation?.text) }
            #expect(sequences[1] > sequences[0])

            _ = try await CancelBooking(stage.installation)(bo.id, scope: stage.attending)
            let last = try await mails(stage, to: "ada@nordhavn.example")
            #expect(last.count == 1 && last[0].subject.hasPrefix("Cancelled: Introduction"))
            let recall = lines(last[0].invitation?.text)
            #expect(recall.contains("METHOD:CANCEL") && recall.contains("UID:\(session.uid)"))
            #expect(sequence(last[0].invitation?.text) > sequences[1])
        }
    }

    @Test("an attendee has an event of their own and reads nobody else’s name or address", arguments: Engine.all)
    func attendees(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link)
            let bo = try await stage.seat("Bo", stage.at(10), on: link)
            let sent = try await stage.mails().sent
            let toBo = try sent.first { $0.to.address.text == "bo@kpuh.example" }.wanted("Bo's")
            let booking = try await stage.find(bo.id)
            let invitation = lines(toBo.invitation?.text)
            #expect(invitation.contains("UID:\(booking.uid)") && ana.id != bo.id)
            for text in [toBo.text, toBo.html, invitation] {
                #expect(!text.contains("Ana Berg") && !text.contains("ana@kpuh.example"))
            }
            let uids = try await [stage.find(ana.id).uid, booking.uid, stage.session(bo).uid]
            #expect(Set(uids).count == 3)
        }
    }

    @Test("cancelled and moved as a whole: one mail to each attendee and guest, one to the host", arguments: Engine.all)
    func whole(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            let ana = try await stage.seat("Ana", stage.at(10), on: link) { $0.guests = ["sam@kpuh.example"] }
            try await stage.seat("Bo", stage.at(10), on: link)
            _ = try await stage.mails()
            let id = try await stage.session(ana).id
            _ = try await ChangeSession(stage.installation).move(
                id, to: stage.at(14), reason: "Rehearsal.", scope: stage.adas)
            let moved = try await stage.mails().sent
            #expect(Set(moved.map(\.to.address.text)) == [
                "ana@kpuh.example", "bo@kpuh.example", "sam@kpuh.example", "ada@nordhavn.example",
            ])
            #expect(moved.count == 4)
            #expect(moved.first { $0.to.address.text == "bo@kpuh.example" }?.text.contains("Rehearsal.") == true)
            _ = try await ChangeSession(stage.installation).cancel(id, reason: "Ill.", scope: stage.adas)
            let cancelled = try await stage.mails().sent
            #expect(cancelled.count == 4 && cancelled.allSatisfy { $0.subject.hasPrefix("Cancelled: ") })
            let recalls = cancelled.map { lines($0.invitation?.text) }
            #expect(recalls.allSatisfy { $0.contains("METHOD:CANCEL") })
        }
    }

    @Test("a host who does not want to be told is not", arguments: Engine.all)
    func quiet(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.group(4)
            _ = try await SaveProfile(stage.installation)(stage.ada, scope: stage.scope) { profile in
                var wish = profile.wish
                wish.muted = [MutedNotice(.booked, .mail)]
                return wish
            }
            try await stage.seat("Ana", stage.at(10), on: link)
            #expect(try await mails(stage, to: "ada@nordhavn.example").isEmpty)
        }
    }

    private func mails(_ stage: Stage, to address: String) async throws -> [OutgoingMail] {
        try await stage.mails().sent.filter { $0.to.address.text == address }
    }

    private func sequence(_ text: String?) -> Int {
        lines(text).split(separator: "\r\n").first { $0.hasPrefix("SEQUENCE:") }
            .flatMap { Int($0.dropFirst("SEQUENCE:".count)) } ?? -1
    }
}

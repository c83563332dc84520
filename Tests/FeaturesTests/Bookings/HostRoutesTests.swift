/// The pages on which hosts see and cancel their bookings.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct HostRoutesTests {
    @Test("upcoming, past and cancelled each show their own, in the host's zone", arguments: Engine.all)
    func buckets(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            #expect(await ada.get("/calendar/bookings").text.contains("No bookings yet"))
            try await stage.book(stage.at(10)) { $0.attendee.name = "First Person" }
            try await stage.book(stage.at(15)) { $0.attendee.name = "Second <Person>" }
            let gone = try await stage.book(stage.at(16)) { $0.attendee.name = "Third Person" }
            _ = try await CancelBooking(stage.installation)(gone.id, scope: stage.scope)
            stage.clock.move(to: stage.at(12))
            func shows(_ query: String) async -> [Bool] {
                let text = await ada.get("/calendar/bookings\(query)").text
                return ["First Person", "Second &lt;Person&gt;", "Third Person"].map(text.contains)
            }
            #expect(await shows("") == [false, true, false])
            #expect(await shows("?show=past") == [true, false, false])
            #expect(await shows("?show=cancelled") == [false, false, true])
            #expect(await shows("?show=nonsense&cursor=x") == [false, true, false])
            #expect(await ada.get("/calendar/bookings").text.contains("15:00–15:30"))
        }
    }

    @Test("more than a page leads on to the rest, none lost and none twice", arguments: Engine.all)
    func pages(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("short") { $0.duration = 5 }
            for index in 0..<53 {
                try await stage.book(stage.at(9, index * 5), on: link) { $0.attendee.name = "Person \(index)." }
            }
            let ada = try Visitor(stage, who: "ada")
            let first = await ada.get("/calendar/bookings").text
            let address = try first.components(separatedBy: "/calendar/bookings?cursor=").dropFirst().first
                .wanted("more").prefix { $0 != "\"" }
            let second = await ada.get("/calendar/bookings?cursor=\(address)").text
            for index in 0..<53 {
                let name = ">Person \(index).<"
                #expect(first.contains(name) == (index < 50) && second.contains(name) == (index >= 50), "\(index)")
            }
        }
    }

    @Test("a host cancels with a message, twice is no error, too long keeps what was typed", arguments: Engine.all)
    func cancels(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            #expect(await ada.get(path).text.contains("yuko@kpuh.example"))
            let long = String(repeating: "x", count: 1001)
            let refused = await ada.post("\(path)/cancellation", ["reason": long])
            #expect(refused.status == 422 && refused.text.contains(long))
            for _ in 1...2 {
                let answer = await ada.post("\(path)/cancellation", ["reason": "Ill."])
                #expect(answer.status == 303 && answer.location == path)
            }
            #expect(try await stage.find(booked.id).reason == "Ill.")
            #expect(try await stage.history(booked.id).last?.actor == "user:\(stage.ada)")
            #expect(await ada.get(path).text.contains("Cancelled by the host"))
            let second = try await stage.book(stage.at(11))
            stage.clock.move(to: stage.at(11))
            let late = await ada.post("/calendar/bookings/\(second.id)/cancellation", [:])
            #expect(late.status == 409 && late.text.contains("The meeting has started"))
        }
    }

    @Test("members see only their own, viewers change nothing, strangers are sent to sign in", arguments: Engine.all)
    func rights(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let nobody = try Visitor(stage)
            let booked = try await stage.book(stage.at(10))
            let path = "/calendar/bookings/\(booked.id)"
            let bob = nobody.asked(by: "bob")
            #expect(await bob.get(path).status == 404)
            #expect(await bob.get("/calendar/bookings/x").status == 404)
            #expect(await bob.post("\(path)/cancellation", [:]).status == 404)
            #expect(await bob.get("/calendar/bookings").text.contains("No bookings yet"))
            #expect(await nobody.asked(by: "eve").post("\(path)/cancellation", [:]).status == 403)
            let away = await nobody.get(path)
            #expect(away.status == 303 && away.location.hasPrefix("/sign-in?next="))
            #expect(await nobody.post("\(path)/cancellation", [:]).status == 401)
        }
    }
}

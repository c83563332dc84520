/// Polls: who may say what until when, what is kept and what dies, and how one becomes a meeting.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Polls")
struct PollTests {
    @Test("somebody answers at the open address, has one of their own, and changes it there until it is closed",
          arguments: Engine.all)
    func journey(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.poll([stage.time(stage.at(10, day: 1)), stage.time(stage.at(15, day: 1))])
            let options = try await stage.find(made.id).options.map(\.id)
            let (stranger, mail) = (try Visitor(stage), FakeMail())
            let page = await stranger.get("/poll/\(made.token)")
            #expect(page.status == 200 && page.text.contains("name=\"vote.\(options[1])\""))
            let empty = await stranger.vote(made.token, [], email: "nobody")
            #expect(empty.status == 422 && empty.text.contains("Answer for at least one of them."))

            let form = page.field("form") ?? ""
            let sent = await stranger.vote(
                made.token, [(options[0], .yes), (options[1], .no)], email: "oscar@x.example", form: form)
            #expect(sent.status == 303 && sent.location.hasPrefix("/poll/"), "\(sent.text)")
            let twice = await stranger.vote(made.token, [(options[0], .yes)], email: "oscar@x.example", form: form)
            #expect(twice.location == sent.location, "one form, one voter")
            let own = String(sent.location.dropFirst(6).prefix(43))
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.count == 1)
            #expect(try mail.pollToken(to: "oscar@x.example") == own)

            // The open address is nobody's way to what somebody has said.
            let other = await stranger.vote(made.token, [(options[0], .no)], email: "OSCAR@x.example")
            #expect(other.status == 409 && other.text.contains("page of its own here"))
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.count == 2, "their own address is mailed to them")
            #expect(try await stage.voters(made.id).map(\.votes) == [[options[0]: .yes, options[1]: .no]])

            let again = await stranger.vote(own, [(options[1], .ifNeedBe)], name: "Óscar E.")
            #expect(again.status == 303)
            let now = try await stage.voters(made.id)
            #expect(now.map(\.votes) == [[options[0]: .yes, options[1]: .ifNeedBe]] && now.map(\.name) == ["Óscar E."])
            _ = await stranger.vote(made.token, [(options[0], .yes)], name: "Yūko", email: "yuko@x.example")
            #expect(await stranger.get("/poll/\(own)").text.contains("Suits everyone so far"))

            try await EndPoll(stage.installation).close(made.id, scope: stage.adas)
            let late = await stranger.vote(own, [(options[0], .no)], form: form)
            #expect(late.status == 410 && late.text.contains("This poll is closed"))
            #expect(await stranger.get("/poll/\(made.token)").status == 410)
            // Also for whoever was about to send when it closed.
            let (voter, scope) = (try await stage.voters(made.id)[0], stage.scope)
            var open = try await stage.find(made.id)
            open.state = .open
            let seen = open
            await #expect(throws: PollRefusal.closed) {
                let ballot = PollBallot(
                    name: "Óscar", email: voter.email, zone: "UTC", language: "en", votes: [options[0]: .no])
                _ = try await VoteOnPoll(stage.installation).again(ballot, by: voter, on: seen, scope: scope)
            }
            #expect(try await stage.voters(made.id).first?.votes[options[0]] == .yes)
            try await EndPoll(stage.installation).reopen(made.id, until: nil, scope: stage.adas)
            #expect(await stranger.vote(own, [(options[0], .no)], form: form).status == 303)
        }
    }

    @Test("who is invited has an address of their own; without an open one nobody else answers",
          arguments: Engine.all)
    func invited(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (stranger, mail) = (try Visitor(stage), FakeMail())
            let made = try await stage.poll(
                [stage.time(stage.at(10, day: 1))], invited: ["oscar@x.example", "yuko@x.example"]
            ) { ($0.anyone, $0.hidesVotes) = (false, true) }
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.count == 2 && mail.sent.allSatisfy { $0.subject == "When suits you? Steering group" })
            #expect(await stranger.get("/poll/\(made.token)").status == 404)
            #expect(await stranger.call("GET", "/api/v1/public/polls/\(made.token)").status == 404)

            let option = try await stage.find(made.id).options[0].id
            let token = try mail.pollToken(to: "oscar@x.example")
            #expect(await stranger.get("/poll/\(token)").text.contains("oscar@x.example"))
            let sent = await stranger.vote(token, [(option, .yes)], email: "somebody@else.example")
            #expect(sent.status == 303)
            let voter = try await stage.voters(made.id)[0]
            #expect(voter.email == "oscar@x.example" && voter.name == "Óscar", "the address is not theirs to change")
            // What others said is the host's alone.
            let other = await stranger.get("/poll/\(try mail.pollToken(to: "yuko@x.example"))")
            #expect(!other.text.contains("Óscar") && !other.text.contains("class=\"tally\""))
            try await EndPoll(stage.installation).delete(made.id, scope: stage.adas)
            #expect(await stranger.get("/poll/\(token)").status == 404)
        }
    }

    @Test("what is kept is nobody else's; what is not dies with a booking, and other calendars are told the host alone",
          arguments: Engine.all)
    func times(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (world, stranger, ada) = (stage.world, try Visitor(stage), try Visitor(stage, who: "ada"))
            let kept = try await stage.poll([stage.time(stage.at(10)), stage.time(stage.at(10, 30), 90)]) {
                $0.holds = true
            }
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.placeholder] && rows[0].claim == kept.id.text)
            #expect(rows[0].starts == stage.at(10) && rows[0].ends == stage.at(12), "their union")
            #expect(!(try await stage.free()).contains(stage.at(11)))
            try await EndPoll(stage.installation).delete(kept.id, scope: stage.adas)
            #expect(try await stage.ledger().isEmpty)

            let foreign = LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: stage.ada.text, workspace: stage.workspace,
                kind: .calendar, ref: "event", claim: nil, starts: stage.at(13), ends: stage.at(14))
            try await stage.database.write(stage.scope) { try $0.add([foreign]) }
            let made = try await stage.poll([stage.time(stage.at(13)), stage.time(stage.at(15))])
            let options = try await stage.find(made.id).options.map(\.id)
            try await stage.book(stage.at(15))
            let page = await stranger.get("/poll/\(made.token)")
            #expect(page.text.contains("no longer free") && !page.text.contains("name=\"vote.\(options[1])\""))
            #expect(page.text.contains("name=\"vote.\(options[0])\""))
            let host = await ada.get("/calendar/polls/\(made.id)")
            #expect(host.text.contains("Busy in another calendar of yours") && host.text.contains("You have a meeting"))
            await #expect(throws: PollHostRefusal.self) { _ = try await stage.poll([stage.time(stage.at(15))]) }
        }
    }

    @Test("whole days are asked about without a zone; the time is said at the end", arguments: Engine.all)
    func days(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (stranger, ada) = (try Visitor(stage), try Visitor(stage, who: "ada"))
            let day = try LocalDate("2030-01-09").wanted("day")
            let made = try await stage.poll([.day(day)], kind: .days)
            let option = try await stage.find(made.id).options[0].id
            let page = await stranger.get("/poll/\(made.token)?timezone=Pacific/Auckland")
            #expect(page.text.contains("Wednesday 9 January"))
            // The date is the same in every zone; the meeting's hour will be told in the reader's own.
            #expect(await stranger.get("/poll/\(made.token)").text.contains("data-zone"))
            _ = await stranger.vote(made.token, [(option, .yes)], email: "oscar@x.example")
            let voter = try await stage.voters(made.id)[0].id
            let path = "/calendar/polls/\(made.id)/finalization"
            let wish = ["csrf": "csrf-ada", "optionId": option.text, "voterIds": voter.text]
            #expect(await ada.post(path, wish).status == 422)
            let done = await ada.post(path, wish.merging(["at": "14:15", "minutes": "45"]) { $1 })
            #expect(done.status == 303, "\(done.text)")
            let poll = try await stage.find(made.id)
            let booking = try await stage.find(try poll.booking.wanted("booking"))
            #expect(booking.state.starts == stage.at(14, 15, day: 2) && booking.state.ends == stage.at(15, day: 2))
        }
    }

    @Test("the host picks an option and who comes; everybody else is told that it is decided", arguments: Engine.all)
    func decided(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (stranger, ada, mail) = (try Visitor(stage), try Visitor(stage, who: "ada"), FakeMail())
            let made = try await stage.poll(
                [stage.time(stage.at(10, day: 1)), stage.time(stage.at(19, day: 1), 90)], invited: ["silent@x.example"]
            ) { $0.holds = true }
            let options = try await stage.find(made.id).options.map(\.id)
            for (name, answer) in [("Maybe", PollAnswer.ifNeedBe), ("Sure", .yes), ("Never", .no)] {
                _ = await stranger.vote(
                    made.token, [(options[1], answer)], name: name, email: "\(name.lowercased())@x.example")
            }
            try await stage.pollRunner(mail).drain()
            let form = await stranger.get("/poll/\(made.token)").field("form")
            let page = await ada.get("/calendar/polls/\(made.id)?option=\(options[1])")
            #expect(page.text.contains("Choose another"))
            #expect(page.text.components(separatedBy: " checked").count == 3, "those who could come")
            let path = "/calendar/polls/\(made.id)/finalization"
            let nobody = await ada.post(path, ["optionId": options[1].text])
            #expect(nobody.status == 422 && nobody.text.contains("Choose at least one who comes."))
            let strange = await ada.post(path, ["optionId": options[1].text, "voterIds": PollVoter.examples[0].id.text])
            #expect(strange.status == 422)

            let voters = try await stage.voters(made.id)
            let coming = voters.filter { ["Maybe", "Sure"].contains($0.name) }.map { ("voterIds", $0.id.text) }
            let done = await ada.post(path, pairs: [("optionId", options[1].text)] + coming)
            #expect(done.status == 303, "\(done.text)")
            let poll = try await stage.find(made.id)
            let booking = try await stage.find(try poll.booking.wanted("booking"))
            #expect(poll.state == .finalized && poll.chosen == options[1])
            #expect(booking.source == .poll && booking.hosts.map(\.id) == [stage.ada])
            #expect(booking.state.starts == stage.at(19, day: 1) && booking.state.ends == stage.at(20, 30, day: 1))
            #expect(booking.attendee.email == "sure@x.example" && booking.guests == ["maybe@x.example"])
            #expect(try await stage.ledger().map(\.kind) == [.booking], "the rest is free in the same moment")
            let before = mail.sent.count
            try await stage.pollRunner(mail).drain()
            let told = mail.sent.dropFirst(before)
            #expect(Set(told.map(\.to.address.text)) == ["never@x.example", "silent@x.example"])
            #expect(told.allSatisfy { $0.subject == "Decided: Steering group" && $0.text.contains("19:00") })
            #expect(try await stage.jobs(booking.id).count == 3, "attendee, host and guest")

            let again = await ada.post(path, pairs: [("optionId", options[0].text)] + coming)
            #expect(again.status == 409)
            let over = await stranger.get("/poll/\(made.token)")
            #expect(over.status == 410 && over.text.contains("Tuesday 8 January 2030<br><time>19:00–20:30</time>"))
            #expect(over.text.contains("Whoever comes has an invitation") && !over.text.contains("none of these suits"))
            #expect(!over.text.contains("video.example"), "where one meets is for those who come")
            for (who, comes) in [("sure", true), ("maybe", true), ("never", false)] {
                let own = await stranger.get("/poll/\(try mail.pollToken(to: "\(who)@x.example"))").text
                #expect(own.contains("video.example") == comes && own.contains("You are invited.") == comes, "\(who)")
                #expect(own.contains("Your answers") && own.contains("Tuesday 8 January, 19:00–20:30"))
            }
            let host = await ada.get("/calendar/polls/\(made.id)").text
            #expect(host.contains("<b>Tuesday 8 January, 19:00–20:30</b>") && host.contains("2 people come."))
            let late = await stranger.vote(made.token, [(options[0], .yes)], email: "late@x.example", form: form)
            #expect(late.status == 410 && late.text.contains("This poll is decided: no more answers are taken."))
            try await afterwards(poll, stage)
        }
    }

    private func afterwards(_ poll: Poll, _ stage: Stage) async throws {
        // Its link is nobody's to book otherwise.
        let slug = try await stage.database.lookUp { tx in
            try tx.one("SELECT slug FROM link WHERE id = \(poll.link)") { try $0["slug"] as String }
        }.wanted("slug")
        #expect(try await Visitor(stage).get("/book/\(slug)").status == 404)
        let log = try await stage.database.lookUp { tx in
            try tx.all("SELECT action FROM audit WHERE action LIKE 'poll%' ORDER BY action") {
                try $0["action"] as String
            }
        }
        #expect(log == ["poll_finalized", "poll_made"])
    }

    @Test("a time that was taken meanwhile is no meeting, and nothing is left behind", arguments: Engine.all)
    func gone(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (stranger, ada) = (try Visitor(stage), try Visitor(stage, who: "ada"))
            let made = try await stage.poll([stage.time(stage.at(15, day: 1)), stage.time(stage.at(9, day: 1))])
            let options = try await stage.find(made.id).options
            _ = await stranger.vote(made.token, options.map { ($0.id, .yes) }, email: "oscar@x.example")
            try await stage.book(stage.at(15, day: 1))
            let rows = try await stage.rows()
            let late = try options.last.wanted("option").id
            let path = "/api/v1/polls/\(made.id)/finalization"
            let taken = await ada.call("POST", path, ["optionId": .string(late.text)])
            #expect(taken.status == 409 && taken.json["code"]?.string == "slot_taken")
            #expect(try await stage.rows() == rows)
            #expect(try await stage.find(made.id).state == .open)
            let done = await ada.call("POST", path, ["optionId": .string(options[0].id.text)], key: "once")
            #expect(done.status == 201 && done.json["state"]?.string == "finalized", "\(done.text)")
            let same = await ada.call("POST", path, ["optionId": .string(options[0].id.text)], key: "once")
            #expect(same.json["bookingId"] == done.json["bookingId"])
        }
    }

    @Test("those who answered propose more, a few each, and only what is free", arguments: Engine.all)
    func proposals(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let stranger = try Visitor(stage)
            let made = try await stage.poll([stage.time(stage.at(10, day: 1), 45)]) { $0.takesProposals = true }
            let option = try await stage.find(made.id).options[0].id
            let open = await stranger.post("/poll/\(made.token)/options", ["day": "2030-01-09", "at": "9:00"])
            #expect(open.status == 303)
            #expect(try await stage.find(made.id).options.count == 1, "not at the open address")
            let sent = await stranger.vote(made.token, [(option, .no)], email: "oscar@x.example")
            let path = "/poll/\(sent.location.dropFirst(6).prefix(43))/options"
            func propose(_ day: String, _ at: String) async -> Answer {
                await stranger.post(path, ["day": day, "at": at, "timezone": "Europe/Berlin"])
            }
            for (day, at) in [("", "9:00"), ("2030-01-09", "x"), ("2030-01-09", "24:30"), ("2030-01-01", "9:00"),
                              ("2032-01-01", "9:00")] {
                #expect(await propose(day, at).status == 422, "\(day) \(at)")
            }
            try await stage.book(stage.at(11, day: 1))
            #expect(await propose("2030-01-08", "11:15").status == 409)
            for _ in 0..<2 { #expect(await propose("2030-01-09", "9:00").status == 303) }
            let poll = try await stage.find(made.id)
            #expect(poll.options.map(\.moment) == [
                stage.time(stage.at(10, day: 1), 45), stage.time(stage.at(9, day: 2), 45),
            ])
            #expect(try await stage.voters(made.id)[0].votes[poll.options[1].id] == .yes)
            for hour in 10..<14 { #expect(await propose("2030-01-09", "\(hour):00").status == 303) }
            let more = await propose("2030-01-09", "15:00")
            #expect(more.status == 409 && more.text.contains("No more times can be proposed here."))
        }
    }

    @Test("at its deadline it is closed by time alone, and a job tells its host", arguments: Engine.all)
    func deadline(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let (stranger, mail) = (try Visitor(stage), FakeMail())
            let made = try await stage.poll([stage.time(stage.at(10, day: 2))], invited: ["late@x.example"]) {
                ($0.deadline, $0.holds) = (stage.at(8, day: 1), true)
            }
            let gone = try await stage.poll([stage.time(stage.at(12, day: 2))]) { $0.deadline = stage.at(8, day: 1) }
            try await EndPoll(stage.installation).reopen(gone.id, until: nil, scope: stage.adas)
            #expect(try await stage.find(gone.id).version == 1, "an open one is not opened again")
            stage.clock.move(to: stage.at(8, day: 1))
            #expect(await stranger.get("/poll/\(made.token)").status == 410)
            try await EndPoll(stage.installation).reopen(gone.id, until: nil, scope: stage.adas)
            try await stage.pollRunner(mail).drain()
            #expect(mail.sent.map(\.subject) == ["Closed: Steering group"], "who is too late is not asked")
            #expect(try await stage.find(made.id).state == .closed)
            #expect(try await stage.find(gone.id).state == .open)
            #expect(try await stage.ledger().map(\.kind) == [.placeholder], "kept until its host decides")

            let (scope, ada, installation, now) = (stage.scope, stage.ada, stage.installation, stage.world.now)
            try await stage.database.write(scope) { tx in
                try Polls.end(of: ada, installation, from: .console, now: now, scope: scope, in: tx)
            }
            #expect(try await stage.ledger().isEmpty)
            #expect(try await stage.find(gone.id).state == .closed)
            try await stage.database.writeUnscoped { try PollStore.prune(now: monday.adding(days: 100), in: $0) }
            #expect(await stranger.get("/poll/\(made.token)").status == 404)
            let left = try await stage.database.lookUp { tx in
                try tx.one("SELECT (SELECT count(*) FROM poll_voter) + (SELECT count(*) FROM poll_option) AS n") {
                    try $0["n"] as Int
                }
            }
            #expect(left == 0, "who said what goes with it")
        }
    }
}

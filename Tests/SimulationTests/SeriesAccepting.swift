/// What an answer makes so that is about several meetings at once: all that were meant, and nothing else.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    /// One meeting of a series, as an answer tells it.
    private struct Listed {
        let id: ID<Booking>
        let place: Int
        let starts: Instant
        let ends: Instant
        let line: String
        let token: String

        init?(_ json: JSON) {
            guard let id = json["id"]?.string.flatMap(ID<Booking>.init), let place = json["index"]?.int,
                let starts = json["start"]?.string.flatMap(Instant.init(rfc3339:)),
                let ends = json["end"]?.string.flatMap(Instant.init(rfc3339:))
            else { return nil }
            (self.id, self.place, self.starts, self.ends) = (id, place, starts, ends)
            token = json["token"]?.string ?? ""
            line = "\(id) \(json["status"]?.string ?? "") \(json["version"]?.int ?? 0)"
        }
    }

    /// Whose wall clock the series of a link follow.
    private func zone(of link: LinkFacts) -> Zone {
        town.people[link.host].flatMap { Town.zones.zone($0.zone) } ?? .utc
    }

    // MARK: Booking

    func acceptSeries(
        _ json: JSON, _ request: BookingRequest, on id: ID<Link>, by scope: Scope
    ) async throws {
        guard let link = expected.link(id), let series = link.series, let wish = request.series,
            let course = json["series"]?["id"]?.string.flatMap(ID<Series>.init)
        else { return findings.append("a series was booked, and no answer names it") }
        let told = (json["occurrences"]?.array ?? []).compactMap(Listed.init)
        if let first = told.first {
            judgePick(request, as: first.id)
            expected.useHold(of: request, as: first.id)
        }
        let places = (0..<wish.count).filter { $0 == 0 || !wish.leftOut.contains($0) }
        if told.map(\.place) != places { findings.append("\(course) has the meetings \(told.map(\.place))") }
        let crews = try await crews(of: told.map(\.id))
        if series.host == .same, Set(crews.values.map(\.hosts)).count > 1 {
            findings.append("\(course) has several hosts, and one was to have all")
        }
        for one in told {
            let isRight = wish.moved[one.place].map { one.place > 0 && one.starts == $0 } ?? zone(of: link).isSameTime(
                one.starts, as: request.start, weeksLater: one.place * series.weeks)
            if !isRight { findings.append("\(course) meets at \(one.starts), number \(one.place)") }
            take(one, crews[one.id] ?? Crew(hosts: [], resources: []), request, on: link)
            expected.note(scope, about: one.id, isAbout: true)
        }
        expected.add(Course(
            course, on: link, weeks: series.weeks,
            bookings: Dictionary(told.map { ($0.place, $0.id) }) { first, _ in first }))
        expected.tell(.booked, of: told.map(\.id), in: course, now: now)
        count("series")
    }

    private func take(_ one: Listed, _ crew: Crew, _ request: BookingRequest, on link: LinkFacts) {
        var meeting = Meeting(
            id: one.id, tenant: link.tenant, link: link.id, crew: crew, guests: request.guests,
            answer: request.answers.first?.value ?? "", bookedAt: now, email: request.attendee.email,
            starts: one.starts, ends: one.ends, token: one.token, told: (link.title, link.place))
        meeting.rows = link.taken(crew.subjects, claim: one.id.text, from: one.starts, to: one.ends)
        meeting.turns = turns(of: crew, on: link)
        meeting.tellTogether()
        if one.ends != one.starts.adding(minutes: link.duration) { findings.append("\(one.id) lasts too long") }
        judge(meeting.time, "a series")
        judge(crew, on: link, from: one.starts, to: one.ends, claim: one.id.text)
        judgeOpen(link, "\(one.id)")
        expected.add(meeting)
    }

    /// Who comes to the other meetings: the answer names those of the first alone.
    private func crews(of ids: [ID<Booking>]) async throws -> [ID<Booking>: Crew] {
        let (hosts, rooms) = try await database.lookUp { tx in
            (
                try tx.all("""
                    SELECT booking, account FROM booking_host WHERE booking IN \(list: ids) ORDER BY position
                    """) {
                    (try $0["booking"] as ID<Booking>, try $0["account"] as ID<User>)
                },
                try tx.all("SELECT booking, resource FROM booking_resource WHERE booking IN \(list: ids)") {
                    (try $0["booking"] as ID<Booking>, try $0["resource"] as ID<BookableResource>)
                }
            )
        }
        let pairs = ids.map { id in
            let crew = Crew(
                hosts: hosts.filter { $0.0 == id }.map(\.1), resources: rooms.filter { $0.0 == id }.map(\.1))
            return (id, crew)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    // MARK: Parts

    func acceptPart(_ json: JSON, of wish: Wish, from booking: ID<Booking>) async throws -> String {
        guard let course = expected.course(of: booking) else {
            findings.append("\(wish.name): it is no series")
            return "?"
        }
        let told = (json["occurrences"]?.array ?? []).compactMap(Listed.init)
        let changed = (json["changed"]?.array ?? []).compactMap { $0.string.flatMap(ID<Booking>.init) }
        switch wish.what {
        case .cancelPart(_, let part): acceptCancellation(of: part, from: booking, course, changed)
        case .movePart(_, let part, let start, let leaves):
            let plan = self.plan(part, from: booking, course, to: start)
            if !leaves && Set(changed) != Set(plan.map(\.id)) || !Set(changed).isSubset(of: plan.map(\.id)) {
                findings.append("\(wish.name): \(changed) were moved, of \(plan.map(\.id))")
            }
            if changed.count < plan.count { count("meetings left where they were") }
            try await acceptMove(of: told.filter { changed.contains($0.id) }, by: booking, to: start, course)
        default: break
        }
        count(wish.kind)
        recent = booking
        let lines = course.bookings.values.compactMap { expected.meetings[$0] }.map { meeting in
            "\(meeting.id) \(meeting.status.rawValue) \(meeting.version)"
        }
        if Set(told.map(\.line)) != Set(lines) {
            findings.append("\(wish.name): the reply tells of \(told.map(\.line))")
        }
        return "\(wish.name): \(changed)"
    }

    private func acceptCancellation(
        of part: SeriesPart, from booking: ID<Booking>, _ course: Course, _ changed: [ID<Booking>]
    ) {
        let meant = expected.toCome(part, from: booking, of: course, now: now).map(\.id)
        if changed != meant { findings.append("\(course.id): \(changed) were cancelled, of \(meant)") }
        for id in changed {
            expected.change(id) { meeting in
                meeting.cancel(quietly: false)
                meeting.tellTogether()
            }
        }
        expected.tell(.cancelled, of: changed, in: course.id, now: now)
    }

    /// Those that a move of several is about: what is there already stays.
    func plan(_ part: SeriesPart, from booking: ID<Booking>, _ course: Course, to start: Instant) -> [Meeting] {
        guard let link = expected.link(course.link) else { return [] }
        let own = course.place(of: booking)
        return expected.toCome(part, from: booking, of: course, now: now).filter { meeting in
            let steps = (course.place(of: meeting.id) - own) * course.weeks
            return !zone(of: link).isSameTime(meeting.starts, as: start, weeksLater: steps)
        }
    }

    private func acceptMove(
        of moved: [Listed], by booking: ID<Booking>, to start: Instant, _ course: Course
    ) async throws {
        guard let link = expected.link(course.link) else { return }
        let crews = try await crews(of: moved.map(\.id))
        let before = moved.compactMap { expected.meetings[$0.id] }
        let own = course.place(of: booking)
        for one in moved {
            let steps = (one.place - own) * course.weeks
            if !zone(of: link).isSameTime(one.starts, as: start, weeksLater: steps) {
                findings.append("\(one.id) was moved to \(one.starts), \(steps) weeks from \(start)")
            }
            guard let crew = crews[one.id], let former = expected.meetings[one.id] else { continue }
            if one.ends - one.starts != former.ends - former.starts { findings.append("\(one.id) has another length") }
            expected.change(one.id) { meeting in
                meeting.formerTokens.append(meeting.token)
                meeting.token = one.token
                meeting.endWish(at: Span(start: one.starts, end: one.ends), as: .confirmed)
                meeting.take(crew, from: former.crew, on: link)
                meeting.rows = link.taken(crew.subjects, claim: one.id.text, from: one.starts, to: one.ends)
                meeting.crew = crew
                let left = former.crew.hosts.filter { !crew.hosts.contains($0) }.map { "left.\($0)" }
                meeting.tellTogether(left: left)
            }
        }
        for former in before {
            guard let meeting = expected.meetings[former.id] else { continue }
            judge(meeting.time, "a series moved")
            judge(meeting.crew, moving: former, on: link, from: meeting.starts, to: meeting.ends)
        }
        expected.tell(.moved, of: moved.map(\.id), in: course.id, now: now)
    }
}

extension Expected {
    /// The series a booking is in.
    func course(of booking: ID<Booking>) -> Course? {
        running.compactMap { courses[$0] }.first { $0.bookings.values.contains(booking) }
    }
}

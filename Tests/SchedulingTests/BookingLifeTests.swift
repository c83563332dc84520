/// A booking's life: which event is lawful in which state, and how versions and SEQUENCE rise.
import Testing

@testable import Scheduling

struct BookingLifeTests {
    private static let starts = Instant(1_893_999_600)
    private static let ends = Instant(1_893_999_600 + 1_800)
    private static let before = starts.adding(seconds: -1)
    private static let after = ends

    private static let events: [(name: String, event: BookingEvent)] = [
        ("rescheduled", .rescheduled(starts: starts.adding(hours: 1), ends: ends.adding(hours: 1))),
        ("asked", .asked(starts: starts.adding(hours: 1), ends: ends.adding(hours: 1), until: starts)),
        ("cancelled", .cancelled), ("changed", .changed), ("approved", .approved), ("declined", .declined),
        ("paid", .paid), ("expired", .expired), ("completed", .completed), ("noShow", .noShow),
        ("noShowUndone", .noShowUndone),
    ]

    /// Event, the states that know it with the state it leads to, whether it is of the time before the start, and
    /// what follows from it.
    private struct Row: Sendable {
        let event: String
        let leads: [BookingStatus: BookingStatus]
        var isEarly = true
        var sequence = 0
        let effects: [BookingEffect]
    }

    private static let table: [Row] = [
        Row(event: "rescheduled", leads: [.confirmed: .confirmed, .pendingApproval: .confirmed], sequence: 1,
            effects: [.moveTime, .rotateToken, .tellMoved]),
        Row(event: "asked", leads: [.confirmed: .pendingApproval, .pendingApproval: .pendingApproval],
            effects: [.takeWish, .rotateToken, .tellAsked]),
        Row(event: "cancelled",
            leads: [.confirmed: .cancelled, .pendingApproval: .cancelled, .pendingPayment: .cancelled,
                .held: .cancelled],
            sequence: 1, effects: [.releaseTime, .tellCancelled]),
        Row(event: "changed", leads: [.confirmed: .confirmed], sequence: 1, effects: [.tellChanged]),
        Row(event: "approved", leads: [.pendingApproval: .confirmed], effects: [.tellConfirmed]),
        Row(event: "declined", leads: [.pendingApproval: .declined], effects: [.releaseTime, .tellDeclined]),
        Row(event: "paid", leads: [.pendingPayment: .confirmed], effects: [.tellConfirmed]),
        Row(event: "expired", leads: [.held: .expired, .pendingPayment: .expired, .pendingApproval: .expired],
            effects: [.releaseTime]),
        Row(event: "completed", leads: [.confirmed: .completed], isEarly: false, effects: [.releaseTime]),
        Row(event: "noShow", leads: [.confirmed: .noShow, .completed: .noShow], isEarly: false,
            effects: [.releaseTime]),
        Row(event: "noShowUndone", leads: [.noShow: .completed], isEarly: false, effects: []),
    ]

    @Test("every event in every state does what the table says, or is refused by the state's name",
          arguments: BookingStatus.allCases)
    func table(status: BookingStatus) throws {
        #expect(Self.table.count == Self.events.count)
        for (row, (name, event)) in zip(Self.table, Self.events) {
            #expect(row.event == name)
            let state = BookingState(status: status, starts: Self.starts, ends: Self.ends, sequence: 3, version: 7)
            let now = row.isEarly ? Self.before : Self.after
            guard let next = row.leads[status] else {
                #expect(throws: BookingLifeError.notPossible(status)) { try state.applying(event, now: now) }
                continue
            }
            let (after, effects) = try state.applying(event, now: now)
            #expect(after.status == next, "\(name)")
            // What was only asked for is in no calendar.
            let step = name == "cancelled" && status == .pendingApproval ? 0 : row.sequence
            #expect(after.version == 8 && after.sequence == 3 + step, "\(name)")
            #expect(effects == (status.ownsTime || row.event != "noShow" ? row.effects : []), "\(name)")
            let moved = name == "rescheduled" || name == "asked"
            #expect(after.starts == (moved ? Self.starts.adding(hours: 1) : Self.starts), "\(name)")
            #expect(after.ends == (moved ? Self.ends.adding(hours: 1) : Self.ends), "\(name)")
        }
    }

    @Test("from the second it starts, a meeting can be neither moved nor cancelled", arguments: [
        BookingStatus.confirmed, .pendingApproval,
    ])
    func started(status: BookingStatus) {
        let state = BookingState(status: status, starts: Self.starts, ends: Self.ends, sequence: 0, version: 1)
        let later = BookingEvent.rescheduled(starts: Self.starts.adding(days: 1), ends: Self.ends.adding(days: 1))
        for event in [later, .cancelled] {
            #expect(throws: BookingLifeError.started) { try state.applying(event, now: Self.starts) }
            #expect(throws: Never.self) { try state.applying(event, now: Self.before) }
        }
    }

    @Test("a meeting is completed when it has ended, and missed when it has begun; not a second sooner")
    func tooEarly() {
        let state = BookingState.booked(starts: Self.starts, ends: Self.ends)
        #expect(throws: BookingLifeError.notStarted) { try state.applying(.completed,
            now: Self.ends.adding(seconds: -1)) }
        #expect(throws: BookingLifeError.notStarted) { try state.applying(.noShow, now: Self.before) }
        #expect(throws: Never.self) { try state.applying(.noShow, now: Self.starts) }
    }

    @Test("moving to where it is already is refused, another length at the same start is not")
    func unchanged() {
        let state = BookingState.booked(starts: Self.starts, ends: Self.ends)
        let same = BookingEvent.rescheduled(starts: Self.starts, ends: Self.ends)
        let longer = BookingEvent.rescheduled(starts: Self.starts, ends: Self.ends.adding(minutes: 30))
        #expect(throws: BookingLifeError.unchanged) { try state.applying(same, now: Self.before) }
        #expect(throws: Never.self) { try state.applying(longer, now: Self.before) }
    }

    // MARK: Wishes

    private static func asked(_ hours: Int) -> BookingEvent {
        .asked(starts: starts.adding(hours: hours), ends: ends.adding(hours: hours), until: starts)
    }

    private static let kept = Span(start: starts, end: ends)

    @Test("while another time is asked for, the confirmed one stays, however often the wish changes")
    func wish() throws {
        var state = BookingState.booked(starts: Self.starts, ends: Self.ends)
        state = try state.applying(Self.asked(1), now: Self.before).state
        #expect(state.waiting?.kept == Self.kept && state.confirmed == Self.kept && state.sequence == 0)
        state = try state.applying(Self.asked(2), now: Self.before).state
        #expect(state.waiting?.kept == Self.kept && state.starts == Self.starts.adding(hours: 2))

        let (granted, effects) = try state.applying(.approved, now: Self.before)
        #expect(granted.status == .confirmed && granted.sequence == 1 && granted.waiting == nil)
        #expect(granted.starts == Self.starts.adding(hours: 2) && effects == [.releaseKept, .tellConfirmed])

        for end in [BookingEvent.declined, .expired] {
            let (back, effects) = try state.applying(end, now: Self.before)
            #expect(back.status == .confirmed && back.confirmed == Self.kept && back.sequence == 0)
            #expect(effects.first == .releaseWish && back.waiting == nil)
        }
        let cancelled = try state.applying(.cancelled, now: Self.before).state
        #expect(cancelled.starts == Self.starts && cancelled.sequence == 1 && cancelled.waiting == nil)
    }

    @Test("asking for what is confirmed takes the wish back, asking for what is asked for changes nothing")
    func takenBack() throws {
        let booked = BookingState.booked(starts: Self.starts, ends: Self.ends)
        let state = try booked.applying(Self.asked(1), now: Self.before).state
        let (back, effects) = try state.applying(Self.asked(0), now: Self.before)
        #expect(back.status == .confirmed && back.confirmed == Self.kept && back.sequence == 0)
        #expect(effects == [.releaseWish, .rotateToken, .tellStays])
        #expect(throws: BookingLifeError.unchanged) { try state.applying(Self.asked(1), now: Self.before) }
        #expect(throws: BookingLifeError.unchanged) { try booked.applying(Self.asked(0), now: Self.before) }
    }

    @Test("nothing is approved once its time is over, and nothing is asked for once the confirmed time has begun")
    func lateAnswers() throws {
        let until = Self.starts.adding(hours: -1)
        let state = BookingState.asked(starts: Self.starts, ends: Self.ends, until: until)
        #expect(state.confirmed == nil)
        #expect(throws: BookingLifeError.notPossible(.expired)) { try state.applying(.approved, now: until) }
        #expect(throws: BookingLifeError.started) { try state.applying(.approved, now: Self.starts) }
        #expect(throws: Never.self) { try state.applying(.approved, now: until.adding(seconds: -1)) }
        #expect(try state.applying(.declined, now: Self.starts).state.status == .declined)
        #expect(try state.applying(.cancelled, now: Self.before).state.sequence == 0)

        let moving = try BookingState.booked(starts: Self.starts, ends: Self.ends)
            .applying(Self.asked(5), now: Self.before).state
        #expect(moving.firstStart == Self.starts)
        for event in [Self.asked(6), .cancelled, .rescheduled(starts: Self.after, ends: Self.after.adding(hours: 1))] {
            #expect(throws: BookingLifeError.started) { try moving.applying(event, now: Self.starts) }
        }
    }

    @Test("a no-show that is taken back while the meeting lasts takes its time again")
    func undone() throws {
        var state = BookingState.booked(starts: Self.starts, ends: Self.ends)
        state.status = .noShow
        let (next, effects) = try state.applying(.noShowUndone, now: Self.ends.adding(seconds: -1))
        #expect(next.status == .confirmed && effects == [.takeTime])
    }

    @Test("over 2000 random lives the version counts every event and SEQUENCE every change of time", arguments: [
        UInt64.random(in: 0...UInt64.max),
    ])
    func lives(seed: UInt64) throws {
        let entropy = Entropy.seeded(seed)
        func roll(_ sides: Int) -> Int { Int(entropy.bytes(1)[0]) % sides }
        for life in 0..<2_000 {
            let first = BookingStatus.allCases[roll(BookingStatus.allCases.count)]
            var state = BookingState(status: first, starts: Self.starts, ends: Self.ends, sequence: 0, version: 1)
            var now = Self.starts.adding(days: -2)
            var (events, changes) = (0, 0)
            for step in 0..<12 {
                now = now.adding(minutes: roll(256) * 4)
                var event = Self.events[roll(Self.events.count)].event
                if case .rescheduled = event {
                    let start = now.adding(minutes: roll(256) * 10)
                    event = .rescheduled(starts: start, ends: start.adding(minutes: 30))
                } else if case .asked = event {
                    let start = now.adding(minutes: roll(256) * 10)
                    event = .asked(starts: start, ends: start.adding(minutes: 30), until: start)
                }
                let place: Comment = "seed \(seed), life \(life), step \(step)"
                guard let (next, effects) = try? state.applying(event, now: now) else { continue }
                events += 1
                let isTold = [.moveTime, .tellChanged, .releaseKept].contains { effects.contains($0) }
                let wasTold = state.status != .pendingApproval || state.waiting?.kept != nil
                if isTold || next.status == .cancelled && wasTold { changes += 1 }
                #expect(next.version == 1 + events && next.sequence == changes, place)
                let owns = state.status.ownsTime || effects.contains(.takeTime)
                #expect(next.status.ownsTime ? owns : !effects.contains(.takeTime), place)
                #expect(effects.contains(.releaseTime) == (state.status.ownsTime && !next.status.ownsTime), place)
                state = next
            }
        }
    }
}

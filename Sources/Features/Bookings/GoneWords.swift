/// What is said when a time is gone: that it is, in a few words, and the nearest free ones as buttons in one row.
import Scheduling
import Web

struct GoneWords: Sendable {
    /// The time that was wanted.
    let start: Instant?
    let refusal: BookingRefusal
    let zone: Zone
    let clock: HourClock

    init(start: Instant?, _ refusal: BookingRefusal, zone: Zone, clock: HourClock) {
        (self.start, self.refusal, self.zone, self.clock) = (start, refusal, zone, clock)
    }

    var alternatives: [Instant] { Array(refusal.alternatives.prefix(3)) }

    /// Above the times of the picker, whose form (`pick`) the buttons belong to.
    var alert: HTML {
        banner(each: alternatives.map { start in
            Components.button(label(start), name: "start", value: String(start.seconds), form: Components.pickID)
        })
    }

    /// The same for an address with a time in it, which may be an old one.
    var straight: HTML {
        let more: HTML = alternatives.isEmpty ? say("Pick another one.") : say("The nearest free times:")
        return banner(
            each: alternatives.map { start in
                Components.button(label(start), name: "start", value: String(start.seconds), form: Components.pickID)
            }, saying: "\(say("That time is not free any more.")) \(more)")
    }

    func banner(each buttons: [HTML], saying other: HTML? = nil) -> HTML {
        """
        <div class="banner fails" role="alert" tabindex="-1" autofocus>\(Components.icon(.warning))\
        <p>\(other ?? words)</p>\
        \(if: !buttons.isEmpty, then: "<div class=\"nearest\">\(HTML(buttons))</div>")</div>
        """
    }

    /// `09:30`; with the day where that is another one than that of the nearest.
    func label(_ start: Instant) -> String {
        let local = zone.local(at: start)
        return local.date == day ? local.words(clock) : dayAndTime(start)
    }

    /// The day on show: that of the first of the nearest times.
    private var day: LocalDate? { (alternatives.first ?? start).map { zone.local(at: $0).date } }

    private func dayAndTime(_ instant: Instant) -> String {
        let local = zone.local(at: instant)
        return plain("[short day and time] \(local.date.shortDayWords), \(local.words(clock))")
    }

    private var words: HTML {
        guard let start, isTaken else { return "\(refusal.words(in: zone, clock: clock))" }
        let time: HTML = "<time>\(label(start))</time>"
        guard !alternatives.isEmpty else {
            return say("\(time) has just been taken, and nothing else is free near it. Pick another day.")
        }
        guard let day, zone.local(at: start).date != day else { return say("\(time) has just been taken. Nearest:") }
        return say("\(time) has just been taken. Nearest, on \(day.shortDayWords):")
    }

    private var isTaken: Bool {
        switch refusal {
        case .slotTaken, .holdExpired: true
        default: false
        }
    }
}

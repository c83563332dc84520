/// The pages behind a booking's token: what was booked, cancelling it, and what is said of a token that has ended.
import Scheduling
import Web

/// The booking as its attendee sees it; suffices alone.
package struct BookedPage: Page {
    let booking: Booking
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    let zone: Zone
    let hostZone: Zone
    let clock: HourClock
    let now: Instant
    /// What was refused a moment ago, said above everything.
    var refusal: String?
    /// For the form that corrects the address.
    var form = ""
    var filled = Filled.empty
    /// The newest event of its history: what somebody has come here from.
    var last: BookingRecord?
    /// The corrected address looks mistyped, or has just been put right.
    var hint: NearMiss.Hint?
    /// The form that changes the guests: as they are, or as they were typed.
    var guestsFilled = Filled.empty
    var guestHints = AddressHints()
    /// What is shown of the session it is in.
    var seats: SeatWords?
    /// The questions whose files are there.
    var kept: Set<ID<Question>> = []

    package var html: HTML {
        Layout.publicPage(
            title: plain("\(stateWords): \(link.rules.title)"), workspaceName: workspaceName,
            foot: FindPage.foot(link), """
                \(refusal.map { Components.banner(.fails, "\($0)") })\
                <header class="stack near"><p>\(Components.state(mark, stateWords))</p>\(heading)</header>\
                \(question)\
                \(BookingFacts(
                    booking: booking, link: link, author: author, seats: seats,
                    files: AnswerFileLinks(
                        kept: kept, path: { [token] in Path("/booking/\(token)/files/\($0)") },
                        removal: { [token] in Path("/booking/\(token)/files/\($0)/deletion") }, hidden: clockField)
                ).html)\
                \(booking.seriesLine(Path("/booking/\(token)/series").adding(query: clock.pairs)))\
                \(words)\(add)\(change)\(guestForm)\(correct)
                """)
    }

    private var heading: HTML {
        if booking.state.status == .cancelled {
            return """
                <h1 class="display">\(say("This meeting is cancelled"))</h1>\
                <p class="second lead"><s>\(day), <time>\(range)</time></s>, \(zoneWords)</p>\
                <p>\(whoWasTold)</p>
                """
        }
        if booking.state.status == .declined || booking.state.status == .expired { return notGranted }
        return """
            <h1 class="display">\(day)<br><time>\(range)</time></h1>\
            <p class="second lead">\(zoneWords)</p>\(news)
            """
    }

    /// Who cancelled it, and who hears of it by mail.
    private var whoWasTold: HTML {
        let host: HTML = "<bdi>\(booking.hosts.first?.name ?? workspaceName.text)</bdi>"
        let guests = booking.tellsGuests ? booking.guests.count : 0
        guard last?.isByHost != true else {
            return guests == 0 ? say("\(host) cancelled it. You have been told by mail.")
                : say(Sentence(
                    "%1|one:%2 cancelled it. You and your guest have been told by mail.|"
                        + "other:%2 cancelled it. You and your %1 guests have been told by mail.",
                    [.number(guests), .html(host)]))
        }
        if booking.session != nil { return say("\(host) has been told by mail, and your place is free again.") }
        return guests == 0 ? say("\(host) has been told by mail, and the time is free again.")
            : say(Sentence(
                "%1|one:%2 and your guest have been told by mail, and the time is free again.|"
                    + "other:%2 and your %1 guests have been told by mail, and the time is free again.",
                [.number(guests), .html(host)]))
    }

    /// What a move or a correction has changed.
    private var news: HTML {
        if booking.isWaiting {
            let words = ApprovalWords(booking, zone: zone, clock: clock)
            return "<p>\(words.promise(by: booking.hosts.first?.name ?? workspaceName.text))</p>"
        }
        guard isAlive, let last else { return .empty }
        if let words = ofDecision(last) { return "<p>\(words)</p>" }
        if last.event == "changed", !last.isByHost, booking.tellsGuests {
            return "<p>\(say("Your guests have been told by mail."))</p>"
        }
        if last.event == "corrected" { return "<p>\(say("Sent again to \(booking.attendee.email)."))</p>" }
        guard last.event == "rescheduled", let from = last.from else { return .empty }
        let time: HTML = "<time>\(TimeWords.dayAndTime(from, in: zone, clock))</time>"
        return "<p>\(say("Moved from \(time)."))</p>"
    }

    /// A time that its host did not give.
    private var notGranted: HTML {
        let host: HTML = "<bdi>\(booking.hosts.first?.name ?? workspaceName.text)</bdi>"
        let title = booking.state.status == .declined
            ? say("\(host) cannot meet you then") : say("\(host) did not answer in time")
        return """
            <h1 class="display">\(title)</h1>\
            <p class="second lead"><s>\(day), <time>\(range)</time></s>, \(zoneWords)</p>\
            <p>\(say("Nothing is booked, and the time is free again."))</p>
            """
    }

    /// What became of a wish, where the meeting stands.
    private func ofDecision(_ last: BookingRecord) -> HTML? {
        let host: HTML = "<bdi>\(booking.hosts.first?.name ?? workspaceName.text)</bdi>"
        let wished: HTML = "<time>\(TimeWords.dayAndTime(last.from ?? last.at, in: zone, clock))</time>"
        return switch (last.event, last.from) {
        case ("approved", nil): say("\(host) agreed. The invitation is on its way.")
        case ("approved", _): say("\(host) agreed to the new time. Before it was \(wished).")
        case ("declined", _): say("\(host) cannot make \(wished). Your meeting stays as it was.")
        case ("expired", _): say("\(host) did not answer about \(wished) in time. Your meeting stays as it was.")
        default: nil
        }
    }

    /// A message of the host's has their name; one's own words need none.
    private var author: String? {
        guard let last, last.isByHost, last.reason == booking.reason else { return nil }
        return booking.hosts.first?.name
    }

    /// The hidden half of the forms on this page that keep its clock.
    var clockField: HTML { clock == .usual ? .empty : Components.hidden("clock", clock.rawValue) }

    var isOver: Bool { now >= booking.state.firstStart }
    var isAlive: Bool { booking.state.status == .confirmed }
    private var day: String { zone.local(at: booking.state.starts).date.dayWordsWithYear }
    private var range: String { TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock) }

    private var stateWords: String { BookingWords.state(booking.state.status) }
    private var mark: Components.Mark { BookingWords.mark(booking.state.status) }

    private var zoneWords: HTML {
        let name = booking.hosts.first?.name ?? ""
        let theirs = TimeWords.theirs(booking.state.starts, beside: zone, hostZone, name, clock)
        return "\(say("\(TimeWords.city(zone)) time.")) \(theirs)"
    }

    package static var example: BookedPage {
        BookedPage(
            booking: .example, link: .example, workspaceName: "Nordhavn Instruments", token: "example", zone: .utc,
            hostZone: .utc, clock: .twentyFour, now: Booking.example.createdAt)
    }
}

/// Terms and values of one booking, the same for attendee and host.
struct BookingFacts: Sendable {
    let booking: Booking
    let link: Link
    var showsAddress = false
    /// Who wrote the reason, where it is known.
    var author: String?
    var seats: SeatWords?
    /// Nil where files among the answers are only named.
    var files: AnswerFileLinks?

    private func words(_ answer: Answered) -> HTML {
        guard answer.kind == .file, let files else { return "<span class=\"lines\"><bdi>\(answer.words)</bdi></span>" }
        return files.html(answer)
    }

    var html: HTML {
        let hosts = booking.hosts.map(\.name).joined(separator: ", ")
        let isInvited = !showsAddress && booking.state.status == .confirmed
        let email: HTML = isInvited
            ? say("On its way to \(booking.attendee.email)") : "\(booking.attendee.email)"
        let isOfOther = showsAddress || booking.bookedBy != nil
        var pairs: [(String, HTML)] = [
            (plain("What"), "\(link.rules.title)"),
            (plain("With"), "<bdi>\(hosts)</bdi>"),
            (plain("Where"), place),
            (isOfOther ? plain("Attendee") : plain("You"), "<bdi>\(booking.attendee.name)</bdi>"),
            (isInvited ? plain("Invitation") : plain("E-mail"), email),
        ]
        if let booker = booking.bookedBy {
            let words: HTML = showsAddress ? "<bdi>\(booker.name)</bdi>, \(booker.email)" : "<bdi>\(booker.name)</bdi>"
            pairs.append((plain("Booked by"), words))
        }
        pairs += booking.resources.map { ($0.kind.words, "<bdi>\($0.words)</bdi>") }
        if !booking.guests.isEmpty, booking.tellsGuests {
            let lines = booking.guests.joined(separator: "\n")
            pairs.append((plain("Guests"), "<span class=\"lines\"><bdi>\(lines)</bdi></span>"))
        }
        pairs += seats?.pairs ?? []
        if let phone = booking.attendee.phone { pairs.append((plain("Phone"), "\(phone)")) }
        pairs += booking.answers.map { ($0.label, words($0)) }
        if !booking.reason.isEmpty {
            let label = author.map { plain("Message from \($0)") } ?? plain("Reason")
            pairs.append((label, "<span class=\"lines\">\(booking.reason)</span>"))
        }
        return Components.pairs(pairs)
    }

    private var isAlive: Bool { booking.state.status == .confirmed || booking.state.waiting?.kept != nil }

    /// Nobody should join what is cancelled: it has no link to the call.
    var place: HTML {
        guard isAlive else { return "\(booking.location.openWords)" }
        guard let url = WebURL(booking.location.text) else { return "\(booking.location.words)" }
        let words = booking.location.kind == .video ? plain("Join the video call") : booking.location.text
        return "<a class=\"inline\" href=\"\(url)\" rel=\"noreferrer\">\(words)</a>"
    }
}

/// `/book/cancel/<token>`: asks once, in words that say what will happen.
package struct CancelPage: Page {
    let booking: Booking
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    let form: String
    let zone: Zone
    let clock: HourClock
    /// Whether it can still be moved, which is what many want who come here.
    var moves = false
    var filled = Filled.empty

    package var html: HTML {
        let host = booking.hosts.first?.name ?? workspaceName.text
        let path = Path("/booking/\(token)").adding(query: clock.pairs)
        let back = Components.link(plain("Keep it"), to: path, .quiet)
        let (day, range) = (
            zone.local(at: booking.state.starts).date.dayWordsWithYear,
            TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock))
        let move = Components.link(
            link.rules.approval.isRequired ? plain("Ask for another time") : plain("Move to another time"),
            to: Path("/book/reschedule/\(token)").adding(query: clock.pairs), icon: .move)
        return Layout.publicPage(
            title: plain("Cancel the meeting"), workspaceName: workspaceName, foot: FindPage.foot(link), """
            <header class="stack near"><h1 class="display">\(question(host))</h1>\
            <p class="second lead">\(told(host))</p></header>\
            \(Components.pairs([
                (plain("What"), "\(link.rules.title)"),
                (plain("When"), "\(day)<br>\(range), \(say("\(TimeWords.city(zone)) time"))"),
            ]))\(if: moves, then: "<p>\(move)</p>")\
            \(Components.form(action: Path("/book/cancel/\(token)"), """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\
                \(if: clock != .usual, then: Components.hidden("clock", clock.rawValue))\
                \(Components.textarea("reason", plain("Reason"), in: filled,
                                      hint: say("\(host) reads it in the mail."),
                                      optional: link.rules.changes.needsReason ? nil : plain("optional")))\
                <p class="line">\(Components.button(button, .grave))\(back)</p>
                """))
            """)
    }

    /// Nothing is confirmed yet: what was asked for is taken back.
    private var isAsked: Bool { booking.state.confirmed == nil }
    private var button: String { isAsked ? plain("Take it back") : plain("Cancel the meeting") }

    private func question(_ host: String) -> HTML {
        isAsked ? say("Take back what you asked \(host) for?") : say("Cancel the meeting with \(host)?")
    }

    private func told(_ host: String) -> HTML {
        // Guests hear of what is confirmed.
        if isAsked { return say("\(host) gets a mail at once, and the time becomes free.") }
        return switch booking.guests.count {
        case 0: say("\(host) gets a mail at once, and the time becomes free.")
        case 1: say("\(host) and your guest get a mail at once, and the time becomes free.")
        case let guests: say("\(host) and your \(guests) guests get a mail at once, and the time becomes free.")
        }
    }

    package static var example: CancelPage {
        CancelPage(
            booking: .example, link: .example, workspaceName: "Nordhavn Instruments", token: "example", form: "example",
            zone: .utc, clock: .twentyFour)
    }
}

/// The token of before a move or a correction: says so and no more, and mails the current link to the address on file.
package struct MovedTokenPage: Page {
    let token: String
    let workspaceName: WorkspaceName
    /// The time is as it was; the attendee's address is another one.
    var isCorrected = false
    var isSent = false

    package var html: HTML {
        let title = isCorrected ? plain("This link has ended") : plain("This meeting was moved")
        let why = isCorrected
            ? say("""
                The e-mail address of the meeting was corrected. The mail to the corrected address has the current link.
                """)
            : say("This address ended with the old time. The newest mail about the meeting has the current one.")
        return Layout.publicPage(title: title, workspaceName: workspaceName, """
            <header class="stack near"><h1 class="display">\(title)</h1>\
            <p class="second lead">\(why)</p></header>\(if: isSent, then: Components.banner(.notes, sent))\
            \(if: !isSent, then: Components.form(action: Path("/booking/\(token)/current-link"), """
                <p>\(Components.button(button, icon: .mail))</p>
                """))
            """)
    }

    private var button: String {
        isCorrected ? plain("Mail it to the corrected address") : plain("Mail me the current link")
    }

    private var sent: HTML {
        isCorrected ? say("The current link is on its way to the corrected address.")
            : say("The current link is on its way to the address the meeting was booked with.")
    }

    package static var example: MovedTokenPage { MovedTokenPage(token: "example", workspaceName: "Workestra") }
}

/// The words and marks of a booking's states.
enum BookingWords {
    static func state(_ status: BookingStatus) -> String {
        switch status {
        case .held: plain("Held")
        case .pendingPayment: plain("Waiting for payment")
        case .pendingApproval: plain("Waiting for the host")
        case .confirmed: plain("Confirmed")
        case .completed: plain("Took place")
        case .noShow: plain("No-show")
        case .cancelled: plain("Cancelled")
        case .declined: plain("Declined")
        case .expired: plain("Expired")
        }
    }

    static func mark(_ status: BookingStatus) -> Components.Mark {
        switch status {
        case .held: .held
        case .pendingPayment: .pendingPayment
        case .pendingApproval: .pendingApproval
        case .confirmed: .confirmed
        case .completed: .completed
        case .noShow: .noShow
        case .cancelled: .cancelled
        case .declined: .declined
        case .expired: .expired
        }
    }
}

/// The form for the details of one chosen time: who, where, with whom, and the link's own questions.
import Scheduling
import Web

package struct DetailsPage: Page {
    /// What a call can be: somebody hears it, or nobody is there who could.
    enum Call { case rings, leavesMessage }

    let link: Link
    let workspaceName: WorkspaceName
    let start: Instant
    let minutes: Int
    let zone: Zone
    let clock: HourClock
    let form: String
    /// Until when the time is held; nil when it is not, or no longer.
    var heldUntil: Instant?
    /// Whether it can be held longer; an offer of the waitlist has its minute.
    var canHoldLonger = true
    /// Whether the address named a zone; if not, the script may ask for the browser's own.
    var namesZone = true
    var carried: Carried?
    var filled = Filled.empty
    /// The time is gone: what is said, and what else is free.
    var gone: GoneWords?
    /// Addresses that were probably mistyped, or have just been put right.
    var hints = AddressHints()
    /// The zone of the host, whose own time stands beside the reader's.
    var hostZone: Zone?
    /// The address a code was mailed to, which is asked for now.
    var codeSentTo: String?
    /// What the browser works out, where the link asks for that.
    var challenge: Challenge?
    /// Why nothing is booked, in a sentence.
    var refused: String?
    /// What is shown of the session they are about to join.
    var seats: SeatWords?
    /// That they call instead: there is no time to be chosen.
    var call: Call?
    /// Whom of those who take turns they have chosen.
    var chosen: LinkHost?
    /// The single-use link whose contact is expected.
    var contact: SingleUse?
    /// The dates of all meetings, once more than one is asked for.
    var plan: SeriesPlan?
    /// What a site that shows the page in a frame is told.
    var event: FrameEvent?

    package var html: HTML {
        Layout.publicPage(
            title: plain("Your details: \(link.rules.title)"), workspaceName: workspaceName, shape: .book,
            skip: ("details", plain("Skip to your details")), zone: namesZone ? nil : zone.name,
            foot: FindPage.foot(link), event: event, """
                \(LinkIntroduction(link: link, facts: facts, chosen: chosen).html)\
                <div class="picker">\(details)</div>
                """)
    }

    private var facts: [(Icon, HTML)] {
        if isNow { return LinkIntroduction.facts(link) }
        let day = zone.local(at: start).date
        let range = TimeWords.range(start, start.adding(minutes: minutes), in: zone, clock)
        let city = TimeWords.city(zone)
        let theirs = TimeWords.theirs(start, beside: zone, hostZone ?? zone, link.hostWords, clock)
        let when: HTML = """
            <b class="ink">\(day.dayWordsWithYear)</b><br><time>\(range)</time>, \(say("\(city) time"))\
            \(if: !theirs.isEmpty, then: "<br><span class=\"meta\">\(theirs)</span>")
            """
        return [(.calendar, when)] + (seats?.facts ?? []) + LinkIntroduction.facts(link).dropFirst()
    }

    private var details: HTML {
        """
        <form id="details" method="post" action="\(action)"\
        \(if: asksFiles, then: " enctype=\"multipart/form-data\"") data-once novalidate>\
        <button class="hidden" tabindex="-1" aria-hidden="true">\(confirm)</button>\(goneBanner)\
        \(refused.map { Components.banner(.fails, "\($0)", isMet: true) })\
        <div class="month-head">\
        <h2\(if: isFirstSeen, then: " tabindex=\"-1\" autofocus")>\(say("Your details"))</h2>\(keep)\(held)</div>\
        <div class="stack">\(Components.mistakes(filled))\(hidden)\(contact.map(bound) ?? person)\
        \(if: !isNow, then: repeats)\(places)\(phone)\
        \(QuestionFields(link.questions, filled, takesFiles: !isNow).html)\
        \(if: !isNow && contact == nil, then: elsewhere)\(guests)\(code)\(challenge?.field)\(Decoy.html)\
        <p class="line">\(Components.button(confirm, .primary))\
        \(back)</p>\
        <p class="meta third">\(say("\(workspaceName.text) uses these details for this meeting only."))</p></div></form>
        """
    }

    private var isNow: Bool { call != nil }
    private var asksFiles: Bool { !isNow && link.questions.contains { $0.kind == .file } }

    /// Other buttons of the form leave its files where they are.
    private var withoutFiles: HTML {
        asksFiles ? " formenctype=\"application/x-www-form-urlencoded\"" : .empty
    }

    /// Reached by a press on a time: whoever does not see the page goes on here, and not at its head.
    private var isFirstSeen: Bool { !isNow && filled.errors.isEmpty && refused == nil && goneBanner.isEmpty }

    private var person: HTML {
        """
        <div class="two">\(Components.field("attendee.name", plain("Name"), in: filled, autocomplete: "name"))\
        <div class="stack near">\
        \(Components.field("attendee.email", plain("E-mail"), in: filled, typing: .email, hint: emailHint,
                           autocomplete: "email"))\
        \(suggestion)</div></div>
        """
    }

    private var action: Path {
        isNow ? link.path("rings") : link.path("bookings")
    }

    private var back: HTML {
        guard !isNow else { return Components.link(plain("Pick a time instead"), to: link.path, .quiet) }
        return """
            <button class="button quiet" formaction="\(link.path("times"))"\(withoutFiles)>\
            \(say("Back to times"))</button>
            """
    }

    /// What the button does.
    private var confirm: String {
        if let call { return call == .rings ? plain("Talk now") : plain("Write a message") }
        return link.rules.approval.isRequired ? plain("Ask for this time") : plain("Confirm booking")
    }

    private var held: HTML {
        guard let heldUntil else { return .empty }
        let words = canHoldLonger ? zone.local(at: heldUntil).words(clock)
            : TimeWords.dayAndTime(heldUntil, in: zone, clock)
        let time: HTML = "<time>\(words)</time>"
        return "<span class=\"state held\"><span>\(say("Held for you until \(time)"))</span></span>"
    }

    /// Always there without script; with it only in the last two minutes, for which `hold.js` waits.
    private var keep: HTML {
        guard let heldUntil, canHoldLonger else { return .empty }
        let action = link.path("holds/extension")
        return """
            <button class="button quiet keep end" formaction="\(action)"\(withoutFiles) \
            data-held-until="\(String(heldUntil.seconds))">\
            \(Components.icon(.clock))\(say("Hold it longer"))</button>
            """
    }

    private var hidden: HTML {
        var fields = [
            Components.hidden("form", form), Components.hidden("start", String(start.seconds)),
            Components.hidden("timezone", zone.name), Components.hidden("clock", clock.rawValue),
        ]
        if let carried { fields.append(carried.unseen) }
        return HTML(fields)
    }

    private var emailHint: HTML {
        link.rules.door.verifiesEmail ? say("It gets a code that you type on this page.") : .empty
    }

    /// One press puts the address that was probably meant into the field; “Confirm booking” keeps the typed one.
    private var suggestion: HTML { hints.attendee?.html(typed: filled["attendee.email"]) ?? .empty }
}

extension DetailsPage {
    private var places: HTML {
        let all = link.rules.locations
        let choices: HTML = if all.count > 1 {
            """
            <fieldset class="field" id="f-location"><legend>\(say("Where"))</legend>\
            \(each: Array(all.enumerated()), place)\(mistake("location"))</fieldset>
            """
        } else { .empty }
        guard all.contains(where: { $0.kind == .attendeeChoice }) else { return choices }
        let optional = all.count > 1 ? plain("if you choose the place") : nil
        return choices + Components.field(
            "location.text", plain("Where would you like to meet?"), in: filled, optional: optional)
    }

    private func place(_ place: (offset: Int, element: Location)) -> HTML {
        let value = String(place.offset)
        let chosen = filled.values["location"] ?? "0"
        return """
            <label class="choice"><input type="radio" name="location" value="\(value)"\
            \(if: value == chosen, then: " checked")> <span>\(place.element.openWords)</span></label>
            """
    }

    private func mistake(_ name: String) -> HTML {
        guard let message = filled.error(name) else { return .empty }
        return "<p class=\"field-error\" id=\"f-\(name)-error\">\(Components.icon(.warning))\(message)</p>"
    }

    private var phone: HTML {
        let all = link.rules.locations
        let isCalled = all.contains { $0.kind == .phoneHostCalls }
        guard isCalled || !filled["attendee.phone"].isEmpty else { return .empty }
        let optional: String? = if !isCalled { plain("optional") } else if all.count > 1 {
            plain("if we call you")
        } else { nil }
        return Components.field(
            "attendee.phone", plain("Phone"), in: filled, typing: .tel, optional: optional, autocomplete: "tel")
    }

    private var guests: HTML {
        let most = link.rules.access.mostGuests
        guard most > 0 else { return .empty }
        let field = Components.textarea(
            "guests", plain("Guests"), in: filled,
            hint: say("\(most)|one:The e-mail address of one guest.|other:Up to %1 e-mail addresses, one to a line."),
            optional: plain("optional")) + hints.guestsHTML(typed: filled["guests"])
        let isOpen = !filled["guests"].isEmpty || filled.error("guests") != nil
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.users))\(say("Bring guests"))</summary>\(field)</details>
            """
    }

    /// Each nearest time books at once with what was typed.
    private var goneBanner: HTML {
        guard let gone else { return .empty }
        return gone.banner(each: gone.alternatives.map { start in
            Components.button(plain("Book \(gone.label(start))"), name: "start", value: String(start.seconds))
        })
    }

    package static var example: DetailsPage {
        DetailsPage(
            link: .example, workspaceName: "Nordhavn Instruments", start: Picker.example.times[0], minutes: 30,
            zone: .utc, clock: .twentyFour, form: "example", heldUntil: Picker.example.now.adding(minutes: 10))
    }
}

/// The question whether a booking is spam, and the list of who is turned away.
import Scheduling
import Web

/// `/calendar/bookings/<id>/spam`: whom to turn away, and what is cancelled with that.
package struct SpamPage: Page {
    /// Whom a press turns away, and how many meetings it cancels.
    struct Choice: Sendable {
        let whom: Block.Whom
        let meetings: Int
    }

    let principal: Principal
    let booking: Booking
    let choices: [Choice]
    var filled = Filled(values: ["who": Block.Kind.address.rawValue])

    package var html: HTML {
        let path = Path("/calendar/bookings/\(booking.id)")
        let above: [(String, Path)] = [(plain("Bookings"), "/calendar/bookings"), (booking.attendee.name, path)]
        return Layout.app(title: plain("Spam"), tab: .bookings, principal, """
            \(Components.crumbs(above, plain("Spam")))\
            \(Components.pageHead(plain("Is this spam?"), say("""
                The meetings are cancelled without a word to whoever booked them. Who is blocked can go on booking, \
                sees a friendly answer, and nothing is booked.
                """)))\
            \(Components.form(action: Path("/calendar/bookings/\(booking.id)/spam"), csrf: principal, """
                \(Components.mistakes(filled))<fieldset class="field" id="f-who">\
                <legend>\(say("Whom to block"))</legend>\(each: choices, row)</fieldset>\
                <p class="line">\(Components.button(plain("Cancel and block"), .grave))\
                \(Components.link(plain("Back to the booking"), to: path, .quiet))\
                \(Components.link(plain("Who is blocked"), to: "/calendar/blocked", .quiet))</p>
                """))
            """)
    }

    private func row(_ choice: Choice) -> HTML {
        let value: HTML = "<bdi>\(choice.whom.value)</bdi>"
        let words = choice.whom.kind == .address ? value : say("Everybody at \(value)")
        let count = say("""
            \(choice.meetings)|one:One upcoming meeting is cancelled.|other:%1 upcoming meetings are cancelled.
            """)
        return """
            <label class="choice"><input type="radio" name="who" value="\(choice.whom.kind.rawValue)"\
            \(if: filled["who"] == choice.whom.kind.rawValue, then: " checked")> \
            <span>\(words)<br><span class="third">\(count)</span></span></label>
            """
    }

    package static var example: SpamPage {
        SpamPage(
            principal: .example, booking: .example,
            choices: [Choice(whom: Block.Whom(kind: .address, value: "bot@spam.example"), meetings: 3)])
    }
}

/// `/calendar/blocked`.
package struct BlocksPage: Page {
    let principal: Principal
    let blocks: [Block]
    let zone: Zone
    let clock: HourClock
    var notice: HTML = .empty

    package var html: HTML {
        Layout.app(title: plain("Blocked"), tab: .bookings, principal, """
            \(notice)\(Components.crumbs([(plain("Bookings"), "/calendar/bookings")], plain("Blocked")))\
            \(Components.pageHead(plain("Blocked"), say("Nothing is booked by these; they see a friendly answer.")))\
            \(if: blocks.isEmpty, then: nobody, else: list)
            """)
    }

    private var nobody: HTML {
        Components.empty(
            plain("Nobody is blocked"), say("Open a booking that is spam and press “Spam”."),
            action: Components.link(plain("Bookings"), to: "/calendar/bookings"))
    }

    private var list: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Blocked"))"><table class="table cards">\
        <thead><tr><th scope="col">\(say("Who"))</th><th scope="col">\(say("Since"))</th>\
        <th scope="col">\(say("By"))</th><th scope="col">\(say("What to do"))</th></tr></thead>\
        <tbody>\(each: blocks, row)</tbody></table></div>
        """
    }

    private func row(_ block: Block) -> HTML {
        let value: HTML = "<bdi>\(block.whom.value)</bdi>"
        return """
            <tr><th scope="row">\(block.whom.kind == .address ? value : say("Everybody at \(value)"))</th>\
            <td data-label="\(plain("Since"))"><time>\(TimeWords.dayAndTime(block.at, in: zone, clock))</time></td>\
            <td class="second" data-label="\(plain("By"))">\
            <bdi>\(block.authorName ?? plain("Somebody who left"))</bdi></td>\
            <td>\(Components.form(
                action: Path("/calendar/blocked/\(block.id)/removal"), csrf: principal, style: "line",
                Components.button(plain("Unblock \(block.whom.value)"))))</td></tr>
            """
    }

    package static var example: BlocksPage {
        let block = Block(
            id: ID(milliseconds: 0, random: Array(repeating: 4, count: 10)),
            whom: Block.Whom(kind: .domain, value: "spam.example"), author: nil, authorName: "Ingrid",
            at: Booking.example.createdAt)
        return BlocksPage(principal: .example, blocks: [block], zone: .utc, clock: .twentyFour)
    }
}

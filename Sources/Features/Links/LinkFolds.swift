/// The sections of the link editor that most links never need: folded until they hold something of their own.
import Scheduling
import Web

extension LinkSections {
    /// A section that opens by itself when one of its fields is wrong or differs from a new link's.
    func fold(_ id: String, _ title: String, _ usual: String, _ names: [String], _ content: HTML) -> HTML {
        let usualValues = LinkFields.filled(LinkRules(title: "", slug: "")).values
        let isOpen = names.contains { name in
            filled.error(name) != nil || filled[name] != usualValues[name, default: ""]
        }
        let content = Self.keepers[id].map { kept($0, content) } ?? content
        // The address of a section leads to what is inside, so that a browser opens it.
        return """
            <details class="fold"\(if: isOpen, then: " open")><summary>\(Components.icon(.down))\
            <span><b>\(title)</b> <span class="meta third">\(usual)</span></span></summary>\
            <fieldset class="stack" id="\(id)" aria-label="\(title)">\(content)</fieldset></details>
            """
    }

    /// Which part of a template keeps a fold.
    private static let keepers: [String: LinkSection] = [
        "look": .branding, "after": .branding, "share": .branding, "rules": .duration, "resources": .location,
        "seats": .policy, "door": .policy, "proof": .policy, "approval": .policy, "repeats": .policy,
        "waitlist": .policy, "changes": .policy,
    ]

    var look: HTML {
        let languages = [("", plain("The visitor’s"))] + Language.all.map { ($0.code, $0.name) }
        return fold("look", plain("Colour and language"), plain("as the workspace has them"), ["color", "language"], """
            <div class="two">\(Components.select("color", plain("Colour in your calendar"), colours, in: filled))\
            \(Components.select("language", plain("Language of the page"), languages, in: filled))</div>
            """)
    }

    private var colours: [(String, String)] {
        let named = [
            ("", plain("As the workspace")), ("#0b5f6a", plain("Petrol")), ("#2f6f4f", plain("Green")),
            ("#8a5a00", plain("Amber")), ("#b3382c", plain("Red")), ("#7a3e86", plain("Plum")),
            ("#3557a8", plain("Blue")), ("#5d686c", plain("Grey")),
        ]
        let own = filled["color"]
        return named.contains { $0.0 == own } ? named : named + [(own, own)]
    }

    var rules: HTML {
        let names = ["stepMinutes", "alignMinutes", "offsetMinutes"]
        return fold("rules", plain("More rules"), plain("at which minutes meetings start"), names, """
            <div class="two">\
            \(number("stepMinutes", plain("A new start every … minutes"),
                     hint: say("Empty: as often as a meeting is long.")))\
            \(number("offsetMinutes", plain("First start after opening, minutes"),
                     hint: say("0: the first meeting starts as your hours do.")))</div>\
            \(Components.select("alignMinutes", plain("Meetings start on"), grids, in: filled,
                                hint: say("Usually at any minute: with hours from 9:10, the first starts at 9:10.")))
            """)
    }

    /// The usual grids, and one of a program's own.
    private var grids: [(String, String)] {
        let usual = [
            ("0", plain("Any minute")), ("60", plain("The full hour")), ("30", plain("The full and the half hour")),
            ("15", plain("The quarter hours")), ("10", plain("Every ten minutes of the hour")),
            ("5", plain("Every five minutes of the hour")),
        ]
        let own = filled["alignMinutes"]
        guard !own.isEmpty, !usual.contains(where: { $0.0 == own }) else { return usual }
        return usual + [(own, plain("Multiples of \(own) minutes"))]
    }

    var door: HTML {
        let names = [
            "hidden", "lockTimezone", "expires.date", "expires.time", "maxUses", "maxGuests", "accessCode", "expiresAt",
        ]
        return fold("door", plain("Who can book"), plain("everybody, up to five guests each"), names, """
            \(Components.checkbox("hidden", plain("Not listed on my page"), in: filled,
                                  note: plain("Whoever has the address can still book.")))\
            \(Components.checkbox("lockTimezone", plain("Show times in my zone only"), in: filled,
                                  note: plain("For meetings at a place of yours.")))\
            <div class="two">\
            \(date("expires.date", plain("Last day it can be booked"), optional: plain("no last day")))\
            \(Components.field("expires.time", plain("Until, on that day"), in: filled,
                               optional: plain("end of the day"), placeholder: "18:00", short: true))\
            \(number("maxUses", plain("Bookings in all"), optional: plain("no limit")))\
            \(number("maxGuests", plain("Guests an attendee may bring")))\
            </div>\
            \(Components.field("accessCode", plain("Access code"), in: filled,
                               hint: say("4 to 40 characters, asked before any time is shown."),
                               optional: plain("none"), autocomplete: "off"))
            """)
    }

    var after: HTML {
        let names = ["confirmationText", "redirectUrl", "redirectDetails", "eventTitle"]
        let usual = filled["confirmationText"].isEmpty ? plain("no thank-you text yet") : plain("with a thank-you text")
        return fold("after", plain("After booking"), usual, names, """
            \(Components.textarea("confirmationText", plain("Thank-you text"), in: filled,
                                  hint: say("On the confirmation and in its mail."), optional: plain("optional")))\
            \(Components.field("redirectUrl", plain("Go on to this page"), in: filled, typing: .url,
                               optional: plain("stays on the confirmation")))\
            \(Components.checkbox("redirectDetails", plain("Hand the booking’s details to that page"), in: filled,
                                  note: plain("Time, name and e-mail stand in its address.")))\
            \(Components.field("eventTitle", plain("Title in calendars"), in: filled,
                               hint: say("May hold {{attendee.name}}, {{host.name}}, {{link.title}} and others."),
                               optional: plain("title and names")))
            """)
    }

    var changes: HTML {
        let names = [
            "attendeeMay.reschedule", "attendeeMay.cancel", "rescheduleNoticeMinutes", "cancelNoticeMinutes",
            "cancelReasonRequired",
        ]
        let usual = plain("attendees may move and cancel until the start")
        return fold("changes", plain("Changes"), usual, names, """
            \(Components.checkbox("attendeeMay.reschedule", plain("Attendees may move their booking"), in: filled))\
            \(Components.checkbox("attendeeMay.cancel", plain("Attendees may cancel their booking"), in: filled))\
            <div class="two">\
            \(number("rescheduleNoticeMinutes", plain("Moving ends … minutes before the start")))\
            \(number("cancelNoticeMinutes", plain("Cancelling ends … minutes before the start")))\
            </div>\
            \(Components.checkbox("cancelReasonRequired", plain("Who cancels must say why"), in: filled))
            """)
    }
}

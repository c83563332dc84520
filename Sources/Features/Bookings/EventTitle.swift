/// The host's own title in calendars, its `{{variables}}` filled in; an unknown one is left out.
import Capabilities

enum EventTitle {
    static func text(_ template: String, _ booking: Booking, link: Link, host: LinkHost) -> String {
        let known = [
            "link.title": link.rules.title, "host.name": host.name, "attendee.name": booking.attendee.name,
            "hosts": booking.hosts.map(\.name).joined(separator: ", "), "location": booking.location.openWords,
            "attendee.first_name": booking.attendee.name.split(separator: " ").first.map(String.init) ?? "",
            "attendee.email": booking.attendee.email,
        ]
        // One pass: what somebody typed as their name is never read as a variable.
        var (text, rest) = ("", template[...])
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
            text += rest[..<open.lowerBound] + (known[name] ?? "")
            rest = rest[close.upperBound...]
        }
        let filled = Mailbox.cleaned(text + rest, longest: 300)
        return filled.isEmpty ? Mailbox.cleaned(link.rules.title) : filled
    }
}

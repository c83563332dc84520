/// Reads who comes along and where to meet, from the page's form or the API's body.
import Capabilities
import Scheduling
import Web

extension BookingReading {
    /// Addresses, one to a line or separated by commas; the attendee's and the hosts' own are dropped quietly.
    static func guests(_ fields: inout Fields, link: Link, attendee: String) -> [String] {
        let label = plain("Guests")
        let given = fields.texts("guests", 0...50, length: 20_000, label: label)
        let most = link.rules.access.mostGuests
        var seen = Set(([attendee] + link.hosts.map(\.email)).compactMap { EmailAddress($0)?.folded })
        var (guests, wrong): ([String], [String]) = ([], [])
        for text in given.flatMap({ $0.split { $0 == "," || $0 == ";" || $0.isWhitespace } }) {
            guard let address = EmailAddress(String(text)) else {
                wrong.append(Mailbox.cleaned(String(text), longest: 60))
                continue
            }
            if seen.insert(address.folded).inserted { guests.append(address.text) }
        }
        guard wrong.isEmpty else {
            let shown = wrong.prefix(5).map { "“\($0)”" }.joined(separator: ", ")
            let message = wrong.count == 1
                ? plain("\(shown) is no e-mail address. Write it like sam@example.com.")
                : plain("These are no e-mail addresses: \(shown). Write them like sam@example.com.")
            fields.fail("guests", "invalid", message)
            return []
        }
        guard guests.count <= most else {
            let message = most == 0 ? plain("This meeting takes no guests.")
                : plain("\(most)|one:Bring one guest at most.|other:Bring %1 guests at most.")
            fields.fail("guests", "too_many", message)
            return []
        }
        return guests
    }

    /// One of the link's places: by its number or its kind. Without a word it is the first.
    static func location(_ fields: inout Fields, link: Link, phone: String?) -> Location {
        let places = link.rules.locations
        guard let index = chosenPlace(&fields, among: places), places.indices.contains(index) else {
            return link.rules.firstLocation
        }
        var place = places[index]
        let text = fields.optionalText("location.text", atMost: 300, label: plain("Place"))
        switch place.kind {
        case .attendeeChoice:
            if let text { place.text = text } else {
                fields.fail("location.text", "missing", plain("Say where you would like to meet."))
            }
        case .phoneHostCalls where phone == nil:
            let isWrong = fields.errors.contains { $0.field == "attendee.phone" }
            if !isWrong { fields.fail("attendee.phone", "missing", plain("Give the number to call you at.")) }
        default: break
        }
        return place
    }

    private static func chosenPlace(_ fields: inout Fields, among places: [Location]) -> Int? {
        var word: String?
        if let json = fields.json("location") {
            word = json.string ?? json.int.map(String.init) ?? json["index"]?.int.map(String.init)
                ?? json["kind"]?.string
            if word == nil {
                fields.fail("location", "invalid", unknownPlace(places))
                return nil
            }
        } else {
            word = fields.optionalText("location", atMost: 40, label: plain("Place"))
        }
        guard let word else { return 0 }
        let found = Int(word).flatMap { places.indices.contains($0) ? $0 : nil }
            ?? places.firstIndex { $0.kind.rawValue == word }
        if found == nil { fields.fail("location", "invalid", unknownPlace(places)) }
        return found
    }

    private static func unknownPlace(_ places: [Location]) -> String {
        plain("Choose one of the places of this link, by its number from 0 to \(places.count - 1) or its kind.")
    }
}

/// What a page's address brings along from the month to the booking: prefilled details, campaign words, the pass.
import Capabilities
import Scheduling
import Web

/// Read from addresses anybody can write: bounded, never believed, and shown only where it can be corrected.
package struct Carried: Sendable {
    /// Names and values as they stand in the address, those of a frame first.
    package private(set) var pairs: [(String, String)] = []

    /// Longest value, in characters, and of all together in bytes: it travels in addresses.
    static let longest = 500
    static let room = 4_000

    private static let words: Set<String> = [
        "name", "email", "phone", "guests", "duration", "host", passName, Kept.name, CameByForm.name,
    ]
    static let passName = "pass"

    private static func isKnown(_ name: String) -> Bool { words.contains(name) || Frame.words.contains(name) }

    /// Keeps what is known: the names of the interface, answers to this link's questions, and `utm_*`. First whose
    /// frame it is: with too much beside it the next page would lose its site.
    package init(_ query: Query, link: Link) {
        var room = Self.room
        var seen: Set<String> = []
        let framing = query.fields.filter { Frame.words.contains($0.name) }
        for field in framing + query.fields.filter({ !Frame.words.contains($0.name) }) where seen.count < 60 {
            let isAnswer = Self.question(field.name, of: link) != nil
            guard Self.isKnown(field.name) || isAnswer || Self.isCampaign(field.name) else { continue }
            // A length that is not offered is none.
            if field.name == "duration", !link.rules.lengths.contains(where: { String($0) == field.value }) { continue }
            let longest = field.name == Kept.name ? 2 * Kept.most
                : Self.isCampaign(field.name) ? BookingLimits.utm : Self.longest
            guard !field.value.isEmpty, field.value.count <= longest, seen.insert(field.name).inserted,
                !field.value.unicodeScalars.contains(where: { $0.isControl && $0 != "\n" && $0 != "\r" })
            else { continue }
            room -= field.name.utf8.count + field.value.utf8.count
            guard room >= 0 else { return }
            pairs.append((field.name, field.value))
        }
    }

    /// Puts what a value stands for in its place, or takes it out.
    mutating func replace(_ name: String, by value: String?) {
        pairs = pairs.compactMap { pair in
            guard pair.0 == name else { return pair }
            return value.map { (name, $0) }
        }
    }

    subscript(name: String) -> String? { pairs.first { $0.0 == name }?.1 }

    /// The right to see a link with an access code.
    var pass: String? { self[Self.passName] }

    /// The pass, as it goes into an address.
    var passPairs: [(String, String)] { pairs.filter { $0.0 == Self.passName } }

    /// What stands in the details' form before anybody typed.
    func values(for link: Link) -> [String: String] {
        var values: [String: String] = [:]
        for (name, field) in [("name", "attendee.name"), ("email", "attendee.email"), ("phone", "attendee.phone"),
            ("guests", "guests")] { values[field] = self[name] }
        for (name, value) in pairs {
            let answers = Self.question(name, of: link)?.formValues(prefilled: value) ?? []
            for (field, value) in answers { values[field] = value }
        }
        return values
    }

    /// `utm_source` and its kin, under their full names.
    var utm: [String: String] {
        let found = pairs.filter { Self.isCampaign($0.0) }.prefix(BookingReading.mostUTM)
        return Dictionary(found.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
    }

    /// All of it as fields of a form that leads on.
    var hidden: HTML { HTML(pairs.map { Components.hidden($0.0, $0.1) }) }

    /// What has no field of its own in the details' form.
    var unseenPairs: [(String, String)] {
        let fields: Set<String> = ["name", "email", "phone", "guests", Kept.name]
        return pairs.filter { !fields.contains($0.0) && !$0.0.hasPrefix("a[") }
    }
    var unseen: HTML { HTML(unseenPairs.map { Components.hidden($0.0, $0.1) }) }

    private static func isCampaign(_ name: String) -> Bool {
        name.hasPrefix("utm_") && (5...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
    }

    /// The question of `a[qst_…]`.
    private static func question(_ name: String, of link: Link) -> Question? {
        guard name.hasPrefix("a["), name.hasSuffix("]") else { return nil }
        let id = name.dropFirst(2).dropLast()
        return link.questions.first { $0.id.text == id }
    }
}

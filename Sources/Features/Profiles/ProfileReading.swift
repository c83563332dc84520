/// Reads a profile out of a form or an API body: one set of rules and messages for both.
import Scheduling
import Web

struct ProfileReading: Sendable {
    let zones: Zones
    /// What pages can speak here.
    let languages: [Language]

    /// Reads every field that came over what is so; the rest stays.
    func read(_ fields: inout Fields, over base: ProfileWish) -> ProfileWish {
        var wish = base
        if fields.has("name") { wish.name = fields.text("name", 1...200, label: plain("Your name")) }
        if fields.has("text") {
            wish.text = fields.text(
                "text", 0...ProfileWish.longestText, label: plain("About you"), lines: true)
        }
        // An unticked box of the form is not sent.
        wish.allowsAdHoc = fields.flag("adHocLinks", otherwise: !fields.isForm && base.allowsAdHoc)
        if fields.has("handle") { wish.handle = handle(&fields) }
        if fields.has("timezone") { wish.zone = zone(&fields) }
        wish.clock = fields.choice("clock", otherwise: base.clock, optional: true, label: plain("Clock"))
        if fields.has("language") { wish.language = language(&fields, otherwise: base.language) }
        return wish
    }

    /// The choices of the matrix. A form has said `notices` when it has the matrix: an unticked box is not sent.
    func readNotices(_ fields: inout Fields, into wish: inout ProfileWish, isForm: Bool) {
        for event in ProfileEvent.allCases {
            for channel in ProfileChannel.allCases {
                let notice = MutedNotice(event, channel)
                let isTold = !isForm && !wish.muted.contains(notice)
                let name = Self.field(event, channel)
                if fields.flag(name, otherwise: isTold, label: plain("The choice of mails")) {
                    wish.muted.remove(notice)
                } else {
                    wish.muted.insert(notice)
                }
            }
        }
    }

    /// The name of one choice of the matrix.
    static func field(_ event: ProfileEvent, _ channel: ProfileChannel) -> String {
        "notifications.\(event.rawValue).\(channel.rawValue)"
    }

    private func handle(_ fields: inout Fields) -> String? {
        let label = plain("Handle")
        guard let text = fields.optionalText("handle", atMost: Handle.longest, label: label)?.lowercased() else {
            return nil
        }
        if Handle.reserved.contains(text) {
            fields.fail("handle", "reserved", plain("“\(text)” is kept for pages of the site. Choose another word."))
        } else if !Handle.isWellFormed(text) {
            let message = plain("A handle has the letters a–z, digits, and single dashes between them.")
            fields.fail("handle", "invalid", message)
        }
        return text
    }

    private func zone(_ fields: inout Fields) -> String {
        let zone = fields.text("timezone", 1...60, label: plain("Your time zone"))
        if !zone.isEmpty, zones.zone(zone) == nil {
            fields.fail("timezone", "invalid", plain("“\(zone)” is not a time zone. Choose one from the list."))
        }
        return zone
    }

    private func language(_ fields: inout Fields, otherwise fallback: String) -> String {
        let code = fields.text("language", 1...35, label: plain("Language"))
        guard !code.isEmpty else { return fallback }
        if !languages.contains(where: { $0.code == code }) {
            let known = languages.map(\.code).joined(separator: ", ")
            fields.fail("language", "invalid", plain("“\(code)” is not spoken here. The languages are: \(known)."))
        }
        return code
    }
}

extension ProfileWish {
    /// What stands in the form before anybody has typed.
    var filled: Filled {
        var values = [
            "name": name, "text": text, "handle": handle ?? "", "timezone": zone, "clock": clock.rawValue,
            "language": language,
        ]
        if allowsAdHoc { values["adHocLinks"] = "on" }
        for event in ProfileEvent.allCases {
            for channel in ProfileChannel.allCases where !muted.contains(MutedNotice(event, channel)) {
                values[ProfileReading.field(event, channel)] = "on"
            }
        }
        return Filled(values: values)
    }
}

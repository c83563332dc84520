/// Reads who may come in, what attendees may change and what follows a booking; the second half of `LinkReading`.
import Scheduling
import Web

extension LinkReading {
    static let codeLengths = 4...40

    static func readAccess(_ fields: inout Fields, into access: inout LinkAccess) {
        access.hidden = fields.flag("hidden", otherwise: access.hidden, label: plain("Hidden"))
        if fields.has("expiresAt") { access.expiresAt = expiry(&fields) }
        if fields.has("maxUses") {
            access.mostUses = fields.optionalInteger("maxUses", 1...100_000, label: plain("Bookings in all"))
        }
        if fields.has("accessCode") { access.code = code(&fields) }
        if fields.has("maxGuests") {
            access.mostGuests = fields.integer("maxGuests", 0...50, label: plain("Guests"))
        }
    }

    static func readChanges(_ fields: inout Fields, into changes: inout LinkChanges) {
        changes.attendeeMoves = fields.flag("attendeeMay.reschedule", otherwise: changes.attendeeMoves)
        changes.attendeeCancels = fields.flag("attendeeMay.cancel", otherwise: changes.attendeeCancels)
        if fields.has("rescheduleNoticeMinutes") {
            changes.moveNotice = fields.integer("rescheduleNoticeMinutes", 0...525_600, label: plain("Notice to move"))
        }
        if fields.has("cancelNoticeMinutes") {
            changes.cancelNotice = fields.integer("cancelNoticeMinutes", 0...525_600, label: plain("Notice to cancel"))
        }
        changes.needsReason = fields.flag("cancelReasonRequired", otherwise: changes.needsReason)
    }

    static func readLook(_ fields: inout Fields, into look: inout LinkLook, languages: [Language]) {
        if fields.has("color") { look.colour = colour(&fields) }
        if fields.has("language") { look.language = language(&fields, among: languages) }
        look.locksZone = fields.flag("lockTimezone", otherwise: look.locksZone)
        if fields.has("confirmationText") {
            look.confirmation = fields.text(
                "confirmationText", 0...2000, label: plain("Words after booking"), lines: true)
        }
        if fields.has("redirectUrl") {
            look.redirect = fields.page("redirectUrl", label: plain("Page after booking"))?.text
        }
        look.redirectDetails = fields.flag("redirectDetails", otherwise: look.redirectDetails)
        if fields.has("eventTitle") { look.eventTitle = eventTitle(&fields) }
        look.origins = LinkFraming.read(&fields) ?? look.origins
    }

    private static func expiry(_ fields: inout Fields) -> Instant? {
        guard let text = fields.optionalText("expiresAt", atMost: 40, label: plain("Last moment")) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            let message = plain("The last moment must be a time such as 2026-12-31T18:00:00+01:00.")
            fields.fail("expiresAt", "invalid", message)
            return nil
        }
        return instant
    }

    private static func code(_ fields: inout Fields) -> String? {
        guard let code = fields.optionalText("accessCode", atMost: codeLengths.upperBound, label: plain("Code")) else {
            return nil
        }
        guard code.count >= codeLengths.lowerBound else {
            fields.fail("accessCode", "too_short", plain("A code has at least 4 characters. Leave it empty for none."))
            return nil
        }
        return code
    }

    private static func colour(_ fields: inout Fields) -> String? {
        guard let text = fields.optionalText("color", atMost: 20, label: plain("Colour"))?.lowercased() else {
            return nil
        }
        guard text.utf8.count == 7, text.hasPrefix("#"), text.dropFirst().utf8.allSatisfy(isHexDigit) else {
            fields.fail("color", "invalid", plain("A colour is written like #2f6f4f."))
            return nil
        }
        return text
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func language(_ fields: inout Fields, among languages: [Language]) -> String? {
        guard let code = fields.optionalText("language", atMost: 35, label: plain("Language")) else { return nil }
        guard let known = languages.first(where: { $0.code.lowercased() == code.lowercased() }) else {
            let words = languages.map(\.code).joined(separator: ", ")
            let message = plain("Pages can be read in: \(words). Leave it empty for the reader’s.")
            fields.fail("language", "invalid", message)
            return nil
        }
        return known.code
    }

    private static func eventTitle(_ fields: inout Fields) -> String? {
        guard let text = fields.optionalText("eventTitle", atMost: 200, label: plain("Title in calendars")) else {
            return nil
        }
        if let mistake = TemplateWords.mistake(in: text) {
            fields.fail("eventTitle", "invalid", mistake)
            return nil
        }
        return text
    }
}

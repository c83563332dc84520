/// Who was told what of a booking, and when the other side took it: a part of the booking's page.
import Scheduling
import Web

struct ToldList {
    let effects: [Effect]
    let booking: Booking
    let zone: Zone
    let clock: HourClock
    /// The hosts of webhooks by their ids.
    var webhooks: [String: String] = [:]

    var html: HTML {
        guard !effects.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="told"><h2 class="label" id="told">\(say("Who was told"))</h2>\
            <ol class="steps history" role="list">\(each: effects, row)</ol></section>
            """
    }

    private func row(_ effect: Effect) -> HTML {
        let who = recipient(effect)
        let words = effect.kind == .mail
            ? say("Mail to \(who): \(news(effect))") : say("Webhook at \(who): \(news(effect))")
        return """
            <li><time class="meta third">\(TimeWords.dayAndTime(effect.acceptedAt, in: zone, clock))</time>\
            <div><p>\(words)</p><p class="third">\(say("Accepted:")) <code>\(effect.note)</code></p></div></li>
            """
    }

    private func recipient(_ effect: Effect) -> String {
        if effect.kind == .webhook { return webhooks[effect.recipient] ?? plain("a webhook that is gone") }
        switch effect.recipient {
        case "attendee": return booking.attendee.name
        case "booker": return booking.bookedBy?.name ?? booking.attendee.name
        case "former": return plain("the address before it was corrected")
        default:
            if effect.recipient.hasPrefix("removed.") { return plain("a guest who was taken off") }
            if effect.recipient.hasPrefix("left.") { return plain("a former host") }
            if effect.recipient.hasPrefix("guest.") {
                let position = Int(effect.recipient.dropFirst(6)) ?? -1
                return booking.guests.indices.contains(position) ? booking.guests[position] : plain("a guest")
            }
            return booking.hosts.first { $0.id.text == effect.recipient }?.name ?? plain("a former host")
        }
    }

    private func news(_ effect: Effect) -> String {
        // Theirs is a cancellation for calendars alone: the meeting goes on.
        if effect.recipient.hasPrefix("removed.") || effect.recipient.hasPrefix("left.") {
            return plain("the meeting goes on without them")
        }
        return switch (BookingNews(rawValue: effect.news), WebhookEvent(rawValue: effect.news)) {
        case (.booked?, _), (_, .bookingCreated?): plain("it is booked")
        case (.moved?, _), (_, .bookingRescheduled?): plain("it was moved")
        case (.cancelled?, _), (_, .bookingCancelled?): plain("it was cancelled")
        case (.changed?, _): plain("title or place changed")
        case (.reassigned?, _), (_, .bookingReassigned?): plain("another host takes it")
        case (.corrected?, _): plain("the address was corrected")
        case (.link?, _): plain("the details once more")
        case (_, .bookingNoShow?): plain("the attendee did not come")
        case (.asked?, _), (_, .bookingPending?): plain("it waits for an answer")
        case (.reminder?, _): plain("it still waits for an answer")
        case (.approved?, _), (_, .bookingConfirmed?): plain("it was approved")
        case (.declined?, _), (_, .bookingDeclined?): plain("it was declined")
        case (.expired?, _): plain("nobody answered in time")
        case (.stays?, _): plain("it stays as it was")
        case (_, .bookingProposed?): plain("another time was asked for")
        case (_, .bookingProposalRefused?): plain("none of the times suits")
        case (_, .formSubmitted?), (_, .pollFinalized?), (nil, nil):
            ProposalNews(rawValue: effect.news)?.words ?? effect.news
        }
    }
}

/// The mail to an address that a meeting was sent to by mistake: takes it out of the calendar and names nothing.
import Capabilities
import ICalendar
import Scheduling
import Web

package enum RecallMail {
    /// - Throws: `AddressProblem` when a stored address cannot be sent to.
    package static func outgoing(
        to former: String, bookingID: String, version: Int, uid: String, sequence: Int, starts: Instant, ends: Instant,
        workspaceName: WorkspaceName, now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: former)
        let letter = NoteLetter(
            subject: plain("That invitation was not for you"),
            words: [
                plain("An invitation was sent to this address by mistake. You need not do anything."),
                plain("The attached file takes it out of your calendar, should it be there."),
            ],
            foot: plain("\(Mailbox.cleaned(workspaceName.text)). Nothing more will be sent to you about it."),
            brand: workspaceName.brand)
        let event = CalendarEvent(
            method: .cancel, uid: uid, sequence: sequence, stamp: now, starts: starts, ends: ends,
            summary: plain("Cancelled"),
            organizer: .init(name: Mailbox.cleaned(workspaceName.text), address: ours.wire),
            attendees: [.guest(name: address.wire, address: address.wire)])
        return OutgoingMail(
            from: Mailbox(cleaning: workspaceName.text, address: ours), to: Mailbox(cleaning: "", address: address),
            subject: letter.subject, text: letter.text, html: letter.html.text,
            invitation: .init(method: event.method.rawValue, text: event.text()),
            messageID: "<\(bookingID).\(version).recall@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }
}

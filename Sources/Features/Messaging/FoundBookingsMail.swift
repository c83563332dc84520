/// The mail to somebody who asked for the bookings of their address: each with the link that moves and cancels it.
import Capabilities
import Scheduling
import Web

package enum FoundBookingsMail {
    package struct Item: Sendable {
        package var title: String
        package var host: String
        package var workspaceName: WorkspaceName
        package var starts: Instant
        package var ends: Instant
        package var zone: Zone
        /// The booking's page, with its token.
        package var url: String

        package init(
            title: String, host: String, workspaceName: WorkspaceName, starts: Instant, ends: Instant, zone: Zone,
            url: String
        ) {
            (self.title, self.host, self.starts, self.ends) = (title, host, starts, ends)
            (self.workspaceName, self.zone, self.url) = (workspaceName, zone, url)
        }
    }

    /// - Parameter occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    package static func outgoing(
        to email: String, _ items: [Item], occasion: String, now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: email)
        // One of them, when all are of the same.
        let names = Set(items.map(\.workspaceName))
        let sender: WorkspaceName = names.count == 1 ? names.first ?? "" : "Workestra"
        let letter = NoteLetter(
            subject: plain("\(items.count)|one:Your upcoming meeting|other:Your %1 upcoming meetings"),
            words: [
                plain("You asked for the meetings booked with this address. Each link lets you move or cancel one.")
            ],
            links: items.compactMap(line),
            foot: plain("You get this mail because somebody typed this address. If it was not you, ignore it."),
            brand: sender.brand)
        return OutgoingMail(
            from: Mailbox(cleaning: sender.text, address: ours), to: Mailbox(cleaning: "", address: address),
            subject: letter.subject, text: letter.text, html: letter.html.text,
            messageID: "<\(occasion).found@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }

    private static func line(_ item: Item) -> NoteLetter.Entry? {
        guard let url = WebURL(item.url) else { return nil }
        let (start, end) = (item.zone.local(at: item.starts), item.zone.local(at: item.ends))
        let time = DateWords.range(from: start, to: end, .usual)
        let host = Mailbox.cleaned(item.host), place = BookingLetter.city(item.zone)
        let name = Mailbox.cleaned(item.workspaceName.text)
        return .init(
            label: Mailbox.cleaned(item.title),
            note: plain("\(start.date.dayWordsWithYear), \(time), \(place) time, with \(host), \(name)"), url: url)
    }
}

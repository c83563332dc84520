/// The mail that brings somebody an address of their own, good for one booking.
import Capabilities
import Scheduling
import Web

package enum SingleUseMail {
    /// - Parameters:
    ///   - length: of the meeting, in words.
    ///   - host: whom they meet.
    ///   - occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    package static func outgoing(
        to email: String, name: String, title: String, length: String, host: String, url: String,
        workspaceName: WorkspaceName, occasion: String, now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: email)
        let (title, workspace) = (Mailbox.cleaned(title), Mailbox.cleaned(workspaceName.text))
        let (name, host) = (Mailbox.cleaned(name), Mailbox.cleaned(host))
        let letter = NoteLetter(
            subject: plain("Pick a time: \(title)"),
            words: [
                plain("Hello \(name),"),
                plain("you are asked to pick a time with \(host). The address is yours, and good for one booking:"),
            ],
            links: WebURL(url).map { [NoteLetter.Entry(label: title, note: length, url: $0)] } ?? [],
            foot: plain("You get this mail because \(workspace) typed this address. If that was a mistake, ignore it."),
            brand: workspaceName.brand)
        return OutgoingMail(
            from: Mailbox(cleaning: workspaceName.text, address: ours), to: Mailbox(cleaning: name, address: address),
            subject: letter.subject, text: letter.text, html: letter.html.text,
            messageID: "<\(occasion).single-use@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }
}

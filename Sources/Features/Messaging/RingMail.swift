/// The mail with what a visitor wrote who wanted to talk and found nobody.
import Capabilities
import Scheduling
import Web

package enum RingMail {
    /// - Parameters:
    ///   - name: the visitor's, who is answered at `address`.
    ///   - title: of the link on which they called.
    ///   - occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when an address cannot be sent to.
    package static func outgoing(
        to email: String, from name: String, address visitor: String, message: String, title: String,
        workspaceName: WorkspaceName, occasion: String, now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let (address, reply) = (try EmailAddress(checking: email), try EmailAddress(checking: visitor))
        let (name, title) = (Mailbox.cleaned(name), Mailbox.cleaned(title))
        let letter = NoteLetter(
            subject: plain("\(name) wanted to talk to you"),
            words: [
                plain("\(name) called on “\(title)”, and nobody could answer. This is what they wrote:"), message,
                plain("An answer to this mail goes to them: \(visitor)"),
            ],
            foot: plain("You get this mail because you are a host of “\(title)”."),
            brand: workspaceName.brand)
        return OutgoingMail(
            from: Mailbox(cleaning: workspaceName.text, address: ours), to: Mailbox(cleaning: "", address: address),
            replyTo: Mailbox(cleaning: name, address: reply), subject: letter.subject, text: letter.text,
            html: letter.html.text, messageID: "<\(occasion).call@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }
}

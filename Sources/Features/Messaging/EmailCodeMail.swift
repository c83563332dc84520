/// The mail with the code that proves an address.
import Capabilities
import Scheduling
import Web

package enum EmailCodeMail {
    /// - Parameters:
    ///   - title: of the link that asks.
    ///   - occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    package static func outgoing(
        to email: String, code: String, title: String, workspaceName: WorkspaceName, minutes: Int, occasion: String,
        now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: email)
        let (title, name) = (Mailbox.cleaned(title), Mailbox.cleaned(workspaceName.text))
        let letter = NoteLetter(
            subject: plain("\(code) is your code"),
            words: [
                plain("You are booking “\(title)” with \(name). This code shows that the address is yours:"), code,
                plain("It works for \(minutes) minutes. Type it on the page you came from."),
            ],
            foot: plain("You get this mail because somebody typed this address. If it was not you, ignore it."),
            brand: workspaceName.brand)
        return OutgoingMail(
            from: Mailbox(cleaning: workspaceName.text, address: ours), to: Mailbox(cleaning: "", address: address),
            subject: letter.subject, text: letter.text, html: letter.html.text,
            messageID: "<\(occasion).code@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }
}

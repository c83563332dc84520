/// The mail to a host whose poll has closed at its deadline: it is for them to decide.
import Capabilities
import Scheduling
import Web

enum PollHostMail {
    /// - Parameters:
    ///   - answered: how many have answered.
    ///   - url: the poll in the app.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    static func outgoing(
        to host: Account, title: String, answered: Int, url: String, workspaceName: WorkspaceName, occasion: String,
        now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: host.email)
        let (title, name) = (Mailbox.cleaned(title), Mailbox.cleaned(host.name))
        let letter = NoteLetter(
            subject: plain("Closed: \(title)"),
            words: [
                plain("Hello \(name),"),
                plain("""
                    \(answered)|one:your poll has closed, and one person has answered. Decide it here, or open it \
                    again:|other:your poll has closed, and %1 people have answered. Decide it here, or open it again:
                    """),
            ],
            links: WebURL(url).map { [NoteLetter.Entry(label: title, note: "", url: $0)] } ?? [],
            foot: plain("You get this mail because you made the poll at \(Mailbox.cleaned(workspaceName.text))."),
            brand: workspaceName.brand)
        return OutgoingMail(
            from: Mailbox(cleaning: workspaceName.text, address: ours), to: Mailbox(cleaning: name, address: address),
            subject: letter.subject, text: letter.text, html: letter.html.text,
            messageID: "<\(occasion).poll@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }
}

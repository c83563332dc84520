/// The mails to those who are asked by a poll: asked, answered, their own address, decided without them.
import Capabilities
import Scheduling
import Web

enum PollMails {
    /// Made inside the reader's language.
    /// - Parameters:
    ///   - zone: the voter's.
    ///   - url: the voter's own address.
    ///   - occasion: what makes this mail one mail on every attempt.
    /// - Throws: `AddressProblem` when the address cannot be sent to.
    static func outgoing(
        _ news: PollNews, to voter: PollVoter, _ poll: Poll, _ link: Link, zone: Zone, url: String,
        workspaceName: WorkspaceName, occasion: String, now: Instant, mailFrom: String
    ) throws(AddressProblem) -> OutgoingMail {
        let ours = try EmailAddress.own(mailFrom)
        let address = try EmailAddress(checking: voter.email)
        let (title, workspace) = (Mailbox.cleaned(link.rules.title), Mailbox.cleaned(workspaceName.text))
        let (name, host) = (Mailbox.cleaned(voter.words), Mailbox.cleaned(link.hostWords))
        let (subject, sentence) = words(news, poll, title, host, zone)
        let note = poll.rules.deadline.map { deadline in
            let until = "\(TimeWords.dayAndTime(deadline, in: zone)) (\(TimeWords.city(zone)))"
            return plain("Answers are taken until \(until).")
        }
        let foot = voter.invited
            ? plain("You get this mail because \(workspace) typed this address. If that was a mistake, ignore it.")
            : plain("You get this mail because somebody answered with this address. If it was not you, ignore it.")
        let letter = NoteLetter(
            subject: subject, words: [plain("Hello \(name),"), sentence],
            links: WebURL(url).map {
                [NoteLetter.Entry(label: title, note: news == .decided ? "" : note ?? "", url: $0)]
            } ?? [],
            foot: foot, brand: workspaceName.brand)
        return OutgoingMail(
            from: Mailbox(cleaning: workspaceName.text, address: ours), to: Mailbox(cleaning: name, address: address),
            replyTo: replyTo(link), subject: letter.subject, text: letter.text, html: letter.html.text,
            messageID: "<\(occasion).poll@\(ours.wireDomain)>", date: now,
            headers: [.init("Content-Language", Language.current.tag)])
    }

    /// Questions go to whoever asks.
    private static func replyTo(_ link: Link) -> Mailbox? {
        guard let host = link.hosts.first, let address = try? EmailAddress(checking: host.email) else { return nil }
        return Mailbox(cleaning: host.name, address: address)
    }

    private static func words(
        _ news: PollNews, _ poll: Poll, _ title: String, _ host: String, _ zone: Zone
    ) -> (subject: String, sentence: String) {
        switch news {
        case .invited:
            (plain("When suits you? \(title)"),
             plain("\(host) asks when a meeting suits you. This address is yours alone; answer there:"))
        case .voted, .address:
            (plain("Your own page: \(title)"),
             plain("This address is yours alone. You see and change your answers there:"))
        case .decided:
            (plain("Decided: \(title)"), decided(poll, host, zone))
        }
    }

    private static func decided(_ poll: Poll, _ host: String, _ zone: Zone) -> String {
        let when = poll.chosen.flatMap { poll.option($0) }?.moment.namedWords(in: zone) ?? ""
        return plain("\(host) has chosen \(when), and does not count on you. There is nothing to do.")
    }
}

extension PollMoment {
    /// The same with whose clock it is, for a reader who sees no zone beside it.
    func namedWords(in zone: Zone, _ clock: HourClock = .usual) -> String {
        switch self {
        case .time: "\(words(in: zone, clock)) (\(TimeWords.city(zone)))"
        case .day: words(in: zone, clock)
        }
    }

    /// `Thursday 3 December, 10:30`, or the day alone.
    func words(in zone: Zone, _ clock: HourClock = .usual) -> String {
        switch self {
        case .time(let time): TimeWords.dayAndTime(time.start, in: zone, clock)
        case .day(let day): day.dayWords
        }
    }
}

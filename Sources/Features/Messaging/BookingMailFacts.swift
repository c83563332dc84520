/// Everything a mail about a booking says, read from the booking at the moment the mail is sent.
import Capabilities
import Scheduling
import Web

package struct BookingMailFacts: Sendable {
    /// Somebody of the meeting, with the zone and the language their mail speaks in.
    package struct Person: Sendable {
        /// Tells recipients apart in Message-IDs: `attendee`, or the account's id.
        package var id: String
        package var name: String
        package var email: String
        package var zone: Zone
        package var clock: HourClock
        package var language: Language

        /// - Parameter clock: what they chose; nil is the usual one of their language.
        package init(
            id: String, name: String, email: String, zone: Zone, clock: HourClock? = nil,
            language: Language = .english
        ) {
            (self.id, self.name, self.email) = (id, name, email)
            (self.zone, self.clock, self.language) = (zone, clock ?? language.clock, language)
        }
    }

    package struct Answer: Hashable, Sendable {
        package var label: String
        package var value: String
        /// A ticked box and a date are told in the language of the mail.
        package var form = Form.words

        package enum Form: Hashable, Sendable { case words, yes, date }

        package init(label: String, value: String, form: Form = .words) {
            (self.label, self.value, self.form) = (label, value, form)
        }

        var words: String {
            switch form {
            case .words: value
            case .yes: plain("Yes")
            case .date: LocalDate(value)?.dayWordsWithYear ?? value
            }
        }
    }

    /// Full addresses. The first three hold the attendee's token and never reach the host.
    package struct Addresses: Hashable, Sendable {
        package var view: String
        package var reschedule: String
        package var cancel: String
        /// The booking in the app, for the host.
        package var host: String
        /// The public page, for a new booking after a cancellation.
        package var bookAgain: String
        /// What a guest may see, and where they say that they will not come.
        package var guest: String?

        package init(view: String, reschedule: String, cancel: String, host: String, bookAgain: String) {
            (self.view, self.reschedule, self.cancel) = (view, reschedule, cancel)
            (self.host, self.bookAgain) = (host, bookAgain)
        }
    }

    /// An assistant, and the host in whose place they acted.
    package struct Deputy: Hashable, Sendable {
        package var name: String
        package var host: String

        package init(name: String, host: String) { (self.name, self.host) = (name, host) }

        var words: String { plain("\(Mailbox.cleaned(name)) for \(Mailbox.cleaned(host))") }
    }

    package enum Party: Hashable, Sendable { case attendee, host, guest }

    package var bookingID: String
    package var workspaceName: WorkspaceName
    /// The link's title.
    package var title: String
    package var host: Person
    package var attendee: Person
    package var starts: Instant
    package var ends: Instant
    /// The start before the last move.
    package var previousStarts: Instant?
    /// A place, a phone number, or how it was agreed. Some are words of ours: read when the mail's language is known.
    package var location: String {
        get { place() }
        set { place = { newValue } }
    }
    private var place: @Sendable () -> String
    /// Where to join, if it is a call with an address.
    package var locationURL: String?
    package var answers: [Answer] = []
    /// Rooms and devices: what each is, and which.
    package var resources: [Answer] { rooms() }
    package var rooms: @Sendable () -> [Answer] = { [] }
    /// All hosts, where there are several; ``host`` is the one a mail is about or goes to.
    package var hosts: [Person] = []
    /// Who takes the meeting in the place of ``host``, to whom this mail goes.
    package var successor: String?
    /// Addresses of those who come along.
    package var guests: [String] = []
    /// Whether those who come learn who else does; hosts do in any case.
    package var tellsGuests = true
    /// The guest a mail goes to.
    package var guest: Person?
    /// That guest was taken off; the meeting goes on without them.
    package var isUninvited = false
    /// The title in calendars, where the host has their own.
    package var calendarTitle: String?
    /// The attendee's number, for the host who calls.
    package var phone: String?
    /// Name and address of who booked for the attendee.
    package var bookedBy: Answer?
    /// Whom ``attendee``, to whom this mail goes, booked for.
    package var bookedFor: Person?
    package var addresses: Addresses
    package var uid: String
    package var sequence: Int
    /// What the host tells everybody who has booked.
    package var words: String = ""
    /// In the words of whoever moved or cancelled it.
    package var reason: String = ""
    /// Who booked, moved or cancelled.
    package var actor: Party = .attendee
    /// Who did it in the host's place.
    package var deputy: Deputy?
    /// Which change this mail tells of, such as the booking's version: the same on every attempt to send it.
    package var occasion: String
    /// The occasion of the first mail, which later ones answer to.
    package var firstOccasion: String = "1"
    /// What its host decides about, or has decided.
    package var wish = Wish()
    /// False for what was never confirmed: there is nothing to take out of a calendar.
    package var isInCalendars = true
    /// Several meetings that this mail tells of; the facts are those of the first.
    package var series: Together?
    /// When the mail is written.
    package var now: Instant
    /// Our own mailbox (`WORKESTRA_MAIL_FROM`): From of every mail and organizer of every invitation.
    package var mailFrom: String

    package init(
        bookingID: String, workspaceName: WorkspaceName, title: String, host: Person, attendee: Person, starts: Instant,
        ends: Instant, location: @autoclosure @escaping @Sendable () -> String, addresses: Addresses, uid: String,
        sequence: Int, occasion: String, now: Instant, mailFrom: String
    ) {
        (self.bookingID, self.workspaceName, self.title) = (bookingID, workspaceName, title)
        (self.host, self.attendee, self.starts, self.ends) = (host, attendee, starts, ends)
        (place, self.addresses, self.uid, self.sequence) = (location, addresses, uid, sequence)
        (self.occasion, self.now, self.mailFrom) = (occasion, now, mailFrom)
    }

    func person(_ party: Party) -> Person {
        switch party {
        case .host: host
        case .attendee: attendee
        case .guest: guest ?? attendee
        }
    }
}

extension BookingMailFacts.Party {
    var other: Self { self == .host ? .attendee : .host }
}

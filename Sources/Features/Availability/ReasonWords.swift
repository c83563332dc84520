/// The closed set of reasons in words for hosts, and for each what would free the time.
import Scheduling
import Web

extension ExplainedCause {
    /// What is so.
    func words(in zone: Zone) -> HTML {
        if let name = pool { return say("Too few hosts of the pool \(name) are free") }
        let what: HTML = "\(reason.hostWords)"
        guard let title else { return what }
        return "\(what): <bdi>\(title)</bdi>"
    }

    /// Said where there is nothing to do here.
    var noRemedy: String {
        switch reason {
        case .busyHold: plain("It is free again if they do not book within the hour.")
        case .busyBooking, .busyCalendar, .busyTimeOff, .busyDispatch, .busyFocus, .busyAllocation, .busyReview:
            plain("It is free once that is moved, where it was entered.")
        case .windowInSkippedHour: plain("The clock jumps over it on that date.")
        default: plain("There is nothing to change on this link.")
        }
    }

    /// What to do about it, and where; without a place there is nothing to press.
    func remedy(_ link: Link) -> (words: String, label: String, path: Path)? {
        let editor = { (place: String) in Path("/settings/booking-links/\(link.id)").fragment(place) }
        let hours = Path("/calendar/schedules/\(link.schedule)")
        if reason == .buffer {
            return (
                plain("Shorter pauses or travel would free it, or moving what is beside it."),
                plain("Change the pauses"), editor("when")
            )
        }
        if let booking {
            return (
                plain("It is free once the booking is moved or cancelled."), plain("Show the booking"),
                Path("/calendar/bookings/\(booking)")
            )
        }
        switch cause.origin {
        case .notice:
            return (plain("A shorter notice would free it."), plain("Change the notice"), editor("when"))
        case .window:
            return (plain("Another booking window would free it."), plain("Change the window"), editor("when"))
        case .grid:
            return (plain("Other starts would free it."), plain("Change the starts"), editor("rules"))
        case .limit:
            return (
                plain("A higher limit would free it, or one booking fewer."), plain("Change the limit"),
                editor("rhythm")
            )
        case .slot:
            return (
                plain("Only the first free time of each day is offered."), plain("Change that"), editor("rhythm")
            )
        case .bookerHours:
            return (plain("Other hours by the attendee’s clock would free it."), plain("Change them"), editor("rhythm"))
        case .pool:
            return (
                plain("More hosts in the pool would free it, or fewer who must attend."), plain("Change the pool"),
                editor("hosts")
            )
        case .hours: break
        case .need:
            return (
                plain("Another room to choose from would free it."), plain("Change the rooms"), editor("resources")
            )
        case .range, .host, .busy, .session, .seats: break
        }
        switch reason {
        case .outOfOffice:
            return (
                plain("It is free once the days off are taken back."), plain("Days off"), "/calendar/schedules/away"
            )
        case .holiday:
            return (
                plain("It is free once the holiday counts as a working day."), plain("Holidays"),
                "/calendar/schedules/holidays"
            )
        case .outsideHours, .dateClosed, .windowTooShort:
            return (plain("Longer working hours would free it."), plain("Change the hours"), hours)
        default: return nil
        }
    }
}

extension Reason {
    /// For those whose time it is; bookers are told less.
    var hostWords: String {
        switch self {
        case .outsideHours: plain("Outside the working hours")
        case .dateClosed: plain("Closed on this date")
        case .outOfOffice: plain("Out of office")
        case .holiday: plain("Holiday")
        case .busyBooking: plain("Booked")
        case .busyHold: plain("Held by somebody who is booking")
        case .busyCalendar: plain("Busy in a calendar")
        case .busyTimeOff: plain("Time off")
        case .busyDispatch: plain("Work order")
        case .busyFocus: plain("Focus time")
        case .busyAllocation: plain("Planned work")
        case .busyReview: plain("Review")
        case .busyResource: plain("A room or device is not free")
        case .buffer: plain("Pause or travel beside another meeting")
        case .tooSoon: plain("Too soon to be booked")
        case .tooFar: plain("Beyond the days that can be booked")
        case .limitLink: plain("The link’s limit is reached")
        case .limitHost: plain("The host’s limit is reached")
        case .limitLinkHost: plain("The host’s limit on this link is reached")
        case .limitTeam: plain("The team’s limit is reached")
        case .limitAttendee: plain("The attendee’s limit is reached")
        case .notFirstOfDay: plain("Not the first time of the day")
        case .outsideBookerHours: plain("Outside the hours by the attendee’s clock")
        case .locationUnavailable: plain("The place cannot be had")
        case .overLead: plain("Others come first in the rotation")
        case .notPinned: plain("Another host is asked for")
        case .full: plain("All seats are taken")
        case .poolEmpty: plain("Too few hosts are free")
        case .notOnGrid: plain("No meeting starts at this minute")
        case .windowTooShort: plain("The open time is shorter than the meeting")
        case .windowInSkippedHour: plain("Skipped by the clock change")
        case .calendarStale: plain("A calendar was not read for too long")
        case .hostInactive: plain("Nobody is there to take it")
        }
    }
}

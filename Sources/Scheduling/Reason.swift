/// Why a slot cannot be had: a closed set, shown to hosts as it is and to bookers without what it is about.

/// The reasons of a refusal. The raw values are part of the API.
package enum Reason: String, CaseIterable, Sendable {
    /// No window of the host covers the slot.
    case outsideHours = "outside_hours"
    /// A date override closes the whole date.
    case dateClosed = "date_closed"
    /// The host is away on that date.
    case outOfOffice = "out_of_office"
    /// A public holiday of the host, or the free half of a day.
    case holiday
    case busyBooking = "busy_booking"
    case busyHold = "busy_hold"
    case busyCalendar = "busy_calendar"
    case busyTimeOff = "busy_time_off"
    case busyDispatch = "busy_dispatch"
    case busyFocus = "busy_focus"
    case busyAllocation = "busy_allocation"
    case busyReview = "busy_review"
    case busyResource = "busy_resource"
    /// Free itself, but too close to something else.
    case buffer
    /// Before the notice is over, or before the range that may be booked.
    case tooSoon = "too_soon"
    /// After the range that may be booked.
    case tooFar = "too_far"
    case limitLink = "limit_link"
    case limitHost = "limit_host"
    case limitLinkHost = "limit_link_host"
    case limitTeam = "limit_team"
    case limitAttendee = "limit_attendee"
    case notFirstOfDay = "not_first_of_day"
    case outsideBookerHours = "outside_booker_hours"
    case locationUnavailable = "location_unavailable"
    case overLead = "over_lead"
    case notPinned = "not_pinned"
    case full
    case poolEmpty = "pool_empty"
    /// Within open time, but not one of its starts.
    case notOnGrid = "not_on_grid"
    /// The whole open interval is shorter than the slot.
    case windowTooShort = "window_too_short"
    /// Closed only because the clock jumped ahead over a window, or over a part of it, earlier on that date.
    case windowInSkippedHour = "window_in_skipped_hour"
    case calendarStale = "calendar_stale"
    /// Nobody is there to take it.
    case hostInactive = "host_inactive"

    /// The reason for busy time of a kind.
    package init(busy kind: BusyKind) {
        self = switch kind {
        case .booking, .pending, .session: .busyBooking
        case .hold, .placeholder: .busyHold
        case .calendar: .busyCalendar
        case .timeOff: .busyTimeOff
        case .dispatch: .busyDispatch
        case .focus: .busyFocus
        case .allocation: .busyAllocation
        case .review: .busyReview
        case .resource: .busyResource
        }
    }

    /// Which of several reasons is told: what lies outside the time that is offered at all, before hours, grid, what
    /// is in the way and what is merely too near.
    var rank: Int {
        switch self {
        case .tooSoon: 0
        case .tooFar: 1
        case .outsideHours, .dateClosed, .outOfOffice, .holiday, .windowInSkippedHour, .windowTooShort: 2
        case .notOnGrid: 3
        case .calendarStale, .hostInactive, .locationUnavailable, .overLead, .notPinned: 4
        case .buffer: 6
        default: 5
        }
    }

    /// How near the slot was to being possible; of several hosts the nearest one's reason is told.
    var nearness: Int {
        switch self {
        case .hostInactive: 0
        case .outsideHours, .dateClosed, .outOfOffice, .holiday, .windowInSkippedHour, .windowTooShort: 1
        case .tooSoon, .tooFar: 2
        case .notOnGrid: 3
        default: 4
        }
    }
}

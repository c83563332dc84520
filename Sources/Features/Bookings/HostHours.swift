/// Who may be asked for a link's times, and the hours each of them keeps.
import Database
import Scheduling

extension Link {
    /// The hosts among whom a time is looked for.
    /// - Parameter booking: the one to be moved. It stays with its hosts, unless the link lets another one of the
    ///   rotation take over, or those it has are none of its hosts any more.
    func crew(moving booking: Booking? = nil) -> [LinkHost] {
        guard let booking else { return hosts }
        return keepsHosts(moving: booking) ? booking.hosts : hosts
    }

    /// Whether nobody else can come when the booking is moved.
    func keepsHosts(moving booking: Booking) -> Bool {
        // Where a host is asked first, the confirmed time stays with its host meanwhile.
        guard rotates, !rules.approval.isRequired else { return true }
        let there = booking.hosts.filter { host in
            hosts.contains { $0.id == host.id } && share(of: host.id).isActive
        }
        let stays = hasPools ? there.count == booking.hosts.count : !there.isEmpty
        let isChosen = booking.chosenHost.map { chosen in there.contains { $0.id == chosen } } ?? false
        return stays && (isChosen || !rules.rotation.movesReassign)
    }
}

/// The schedules of a link's hosts: a handful of statements, however many hosts there are.
struct HostHours {
    /// The link's: its zone is that of the link.
    let link: Schedule
    private let owner: ID<User>?
    private let usual: [ID<User>: Schedule]
    /// Whether the link's schedule is nobody's hours: on links nobody has made, all keep their usual ones.
    private let isNobodys: Bool

    /// - Parameter other: what the link's schedule would be, to look at before saving.
    /// - Throws: `LinkRefusal.notFound` when the link's schedule is gone.
    init(_ link: Link, _ crew: [LinkHost], other: Schedule?, scope: Scope, in tx: Transaction) throws {
        let owned = try ScheduleStore.owned(link.schedule, scope: scope, in: tx)
        guard let schedule = other ?? owned?.schedule else { throw LinkRefusal.notFound }
        self.link = schedule
        isNobodys = link.adHoc != nil && other == nil
        let isAlone = link.rules.kind.mode == .single && crew.map(\.id) == link.hosts.map(\.id)
        // A link's own hours are those of all its hosts.
        guard !isAlone, schedule.link == nil else {
            (owner, usual) = (nil, [:])
            return
        }
        owner = owned?.owner
        let isNobodys = isNobodys
        let others = crew.map(\.id).filter { isNobodys || $0 != owned?.owner }
        usual = try ScheduleStore.usual(of: others, scope: scope, in: tx)
    }

    /// Whoever has no hours yet keeps the usual ones in their zone.
    func schedule(of host: LinkHost) -> Schedule {
        guard let owner, isNobodys || owner != host.id else { return link }
        return usual[host.id]
            ?? Schedule(id: link.id, name: "", zone: host.zone, weekly: Schedule.defaultWeekly)
    }
}

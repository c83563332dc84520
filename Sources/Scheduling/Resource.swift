/// Rooms, desks, equipment and vehicles that a slot needs beside its hosts.

/// One thing that can be taken by one booking at a time.
package struct Resource: Sendable {
    package var id: String
    /// How many people it is for; it takes no larger party.
    package var seats: Int
    /// Its own hours; nil is day and night.
    package var hours: Availability?
    /// When it is taken, like a host's.
    package var busy: [Busy]

    package init(id: String, seats: Int = .max, hours: Availability? = nil, busy: [Busy] = []) {
        self.id = id
        self.seats = seats
        self.hours = hours
        self.busy = busy
    }
}

/// What a link needs: one resource, or any one of several.
package struct ResourceNeed: Sendable {
    package var id: String
    /// Whether there is no slot without it. What is not required is taken if it is free, and never stands in the way.
    package var isRequired: Bool
    /// One of these.
    package var resources: [Resource]

    package init(id: String, isRequired: Bool = true, resources: [Resource]) {
        self.id = id
        self.isRequired = isRequired
        self.resources = resources
    }
}

/// A start of a group link that several attendees share. It decides about its start alone: with seats left it can be
/// joined whatever hours, grid and busy time say by now, and without there is no second one. Its hosts are busy.
package struct SeatSession: Hashable, Sendable {
    package var start: Instant
    package var end: Instant
    package var capacity: Int
    package var taken: Int
    /// The ids of its hosts.
    package var hosts: [String]

    package init(start: Instant, end: Instant, capacity: Int, taken: Int, hosts: [String]) {
        self.start = start
        self.end = end
        self.capacity = capacity
        self.taken = taken
        self.hosts = hosts
    }

    /// Never negative, also where the capacity was made smaller since.
    package var seatsLeft: Int { max(0, capacity - taken) }
}

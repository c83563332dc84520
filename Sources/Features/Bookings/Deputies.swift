/// Who acted in a host's place, as the mails about a booking name them.
import Database
import Scheduling
import Web

extension BookingMailFacts.Deputy {
    /// By the version of the booking that they made.
    static func all(in history: [BookingRecord], _ tx: Transaction) throws -> [Int: Self] {
        var deputies: [Int: Self] = [:]
        for record in history {
            guard let deputy = try Self(record.person, for: record.behalf, tx) else { continue }
            deputies[record.version] = deputy
        }
        return deputies
    }

    /// Nil where nobody acted for anybody.
    init?(_ person: ID<User>?, for host: ID<User>?, _ tx: Transaction) throws {
        guard let host = try host.flatMap({ try AccountStore.account($0, in: tx) }),
            let person = try person.flatMap({ try AccountStore.account($0, in: tx) })
        else { return nil }
        self.init(name: person.name, host: host.name)
    }

    /// As a job's payload keeps it.
    init?(_ payload: JSON?, _ tx: Transaction) throws {
        func account(_ name: String) -> ID<User>? { payload?[name]?.string.flatMap(ID<User>.init) }
        try self.init(account("person"), for: account("host"), tx)
    }
}

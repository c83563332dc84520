/// Who acted in a host's place, as the mails about a booking name them.
import Database
import Scheduling
import Web

extension BookingMailFacts.Deputy {
    /// By the version of the booking that they made.
    static func all(in history: [BookingRecord], _ tx: Transaction) throws -> [Int: Self] {
        var deputies: [Int: Self] = [:]
        for record in history {
            guard let host = try record.behalf.flatMap({ try AccountStore.account($0, in: tx) }),
                let person = try record.person.flatMap({ try AccountStore.account($0, in: tx) })
            else { continue }
            deputies[record.version] = Self(name: person.name, host: host.name)
        }
        return deputies
    }
}

/// The demo's meetings: some people who have booked, over the next days.
import Database
import Scheduling
import Web

extension MakeDemo {
    /// Books the first free times of each link through the same use case as a booker; every one as far ahead as the
    /// link allows, so that a demo made at any hour looks the same.
    func book(_ links: [Link], scope: Scope) async throws {
    }
}

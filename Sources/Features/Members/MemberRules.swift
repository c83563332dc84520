/// Who may do what to whom among the people of a workspace; pure.
import Database
import Scheduling

package enum MemberRules {
    /// Whether `actor` may act on `target` at all.
    ///
    /// - Throws: `MemberRefusal.ownersOnly`.
    package static func touch(_ target: Role, by actor: Role) throws {
        if target == .owner && actor != .owner { throw MemberRefusal.ownersOnly }
    }

    /// Whether `actor` may give that role.
    ///
    /// - Throws: `MemberRefusal.aboveOwnRole`.
    package static func give(_ role: Role, by actor: Role) throws {
        guard role <= actor else { throw MemberRefusal.aboveOwnRole(role) }
    }

    /// Whether the workspace keeps an owner.
    ///
    /// - Parameter owners: active ones, the target among them if it is one.
    /// - Throws: `MemberRefusal.lastOwner`.
    package static func keepOwner(_ target: Member, becomes role: Role?, owners: Int) throws {
        guard target.role == .owner, target.state == .active, role != .owner, owners <= 1 else { return }
        throw MemberRefusal.lastOwner
    }
}

/// What a guest carries: their address, sealed. Nothing of it is stored, so there is nothing to steal at rest.
import Database
import Scheduling
import Web

/// The last part of the address in a guest's mail. It stays the same when the meeting moves, ends with being a guest,
/// and opens nothing but what a guest may see.
struct GuestToken: Sendable {
    let booking: ID<Booking>
    let guest: String

    /// Nil for what this installation has not made.
    init?(_ text: String, _ keyring: Keyring) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let booking = ID<Booking>(String(parts[0])), let sealed = URLText.bytes(parts[1]),
            let bytes = try? keyring.open(sealed, bound: Self.place(booking))
        else { return nil }
        (self.booking, guest) = (booking, String(decoding: bytes, as: UTF8.self))
    }

    static func text(of guest: String, _ booking: ID<Booking>, _ keyring: Keyring) -> String {
        "\(booking).\(URLText.text(keyring.seal(Array(guest.utf8), bound: place(booking))))"
    }

    private static func place(_ booking: ID<Booking>) -> String { "guest|\(booking)" }
}

/// A booking as somebody has found it who is its guest, or was.
struct GuestsBooking: Sendable {
    let token: String
    let guest: String
    let booking: Booking
    let link: Link
    let workspaceName: WorkspaceName
    let scope: Scope

    /// The booking of the path's `:token`.
    /// - Throws: `BookingRefusal.unknownToken`.
    static func find(_ request: Request, _ installation: Installation) async throws -> GuestsBooking {
        let text = try request.parameter("token")
        guard let token = GuestToken(text, installation.keyring),
            let workspace = try await LookUps(database: installation.database).workspace(of: token.booking)
        else { throw BookingRefusal.unknownToken }
        let scope = Scope(workspace: workspace, actor: .attendee)
        return try await installation.database.read(scope) { tx in
            guard let booking = try BookingStore.find(token.booking, scope: scope, in: tx),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx)
            else { throw BookingRefusal.unknownToken }
            return GuestsBooking(
                token: text, guest: token.guest, booking: booking.standing ?? booking, link: link,
                workspaceName: try LinkStore.workspaceName(scope: scope, in: tx), scope: scope)
        }
    }
}

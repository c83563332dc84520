/// The response to a routing form that led somebody to a link: it travels sealed in the address, and knows its booking.
import Database
import Scheduling
import Web

/// The id of a response; what it holds belongs to the forms.
package enum FormResponseID: Identified, Sendable {
    package static let idPrefix = "frs"
}

package enum CameByForm {
    /// The name in addresses.
    package static let name = "response"

    /// Only this server reads it, so nobody books as somebody else's response.
    package static func text(_ response: ID<FormResponseID>, workspace: ID<Workspace>, keyring: Keyring) -> String {
        URLText.text(keyring.seal(Array(response.text.utf8), bound: place(workspace)))
    }

    package static func response(_ text: String?, workspace: ID<Workspace>, keyring: Keyring) -> ID<FormResponseID>? {
        guard let text, let sealed = URLText.bytes(text), let bytes = try? keyring.open(sealed, bound: place(workspace))
        else { return nil }
        return ID(String(decoding: bytes, as: UTF8.self))
    }

    private static func place(_ workspace: ID<Workspace>) -> String { "form response|\(workspace)" }
}

extension BookingRequest {
    /// Says that a page on another website was it, or that a response led here, if the address says so.
    mutating func cameBy(_ text: String?, scope: Scope, keyring: Keyring) {
        if Frame.current != nil { source = .embed }
        guard let found = CameByForm.response(text, workspace: scope.workspace, keyring: keyring) else { return }
        (response, source) = (found, .routingForm)
    }
}

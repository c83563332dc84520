/// Profiles: how a person shows themselves, how pages speak to them, and what they are told by mail.
import Capabilities
import Database
import Scheduling
import Web

/// What a host can be told about a booking.
package enum ProfileEvent: String, CaseIterable, Sendable, SQLValue { case booked, moved, cancelled }

/// By which way; more come as they work.
package enum ProfileChannel: String, CaseIterable, Sendable, SQLValue { case mail }

/// One thing a host does not want to be told, by one channel.
package struct MutedNotice: Hashable, Sendable {
    package let event: ProfileEvent
    package let channel: ProfileChannel

    package init(_ event: ProfileEvent, _ channel: ProfileChannel) {
        self.event = event
        self.channel = channel
    }
}

package struct ProfilePicture: Hashable, Sendable {
    package let file: FileName
    package let kind: Picture.Kind

    package var path: Path { "/pictures/\(file.text)" }
}

/// What a person may say about themselves.
package struct ProfileWish: Hashable, Sendable {
    package var name: String
    package var zone: String
    package var clock: HourClock
    /// A language's code, such as `en`.
    package var language: String
    /// The last part of `/u/<handle>`; nil has no public page.
    package var handle: String?
    package var text: String
    /// Whether strangers may book them together with colleagues who want that too, at `/book/<handle>+<handle>`.
    package var allowsAdHoc = false
    package var muted: Set<MutedNotice>

    package static let longestText = 500
}

/// One person as stored.
package struct Profile: Sendable {
    package let id: ID<User>
    package let email: String
    package var wish: ProfileWish
    package var picture: ProfilePicture?
    /// Where the handle was chosen: the public page shows links of this workspace alone.
    package var workspace: ID<Workspace>?

    package var path: Path? { wish.handle.map { Path("/u/\($0)") } }
}

/// The form of handles: that of slugs, shorter, and without words that would pass for somebody official.
package enum Handle {
    package static let longest = 40
    package static let reserved = Slug.reserved.union([
        "about", "account", "admin", "api", "app", "billing", "contact", "help", "host", "info", "login", "mail", "me",
        "root", "security", "settings", "sign-in", "staff", "status", "support", "system", "team", "workestra", "you",
    ])

    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count <= longest && Slug.isWellFormed(text)
    }
}

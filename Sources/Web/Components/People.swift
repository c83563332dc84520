/// People and the states of bookings: avatars of initials, marks with a word.

extension Components {
    /// How big an avatar is.
    package enum AvatarSize: String, Sendable {
        case small = "avatar small"
        case plain = "avatar"
        case big = "avatar big"
        case huge = "avatar huge"
    }

    /// The initials of a name in a disc; the name itself stands beside it.
    package static func avatar(_ name: String, _ size: AvatarSize = .plain) -> HTML {
        "<span class=\"\(size.rawValue)\" aria-hidden=\"true\">\(initials(name))</span>"
    }

    /// The people of a list in overlapping discs, their names read out.
    package static func avatars(_ names: [String], _ size: AvatarSize = .plain, label: String) -> HTML {
        """
        <span class="avatars" role="img" aria-label="\(label)">\(each: names, { avatar($0, size) })</span>
        """
    }

    /// An avatar and the name.
    package static func person(_ name: String, _ size: AvatarSize = .plain) -> HTML {
        "<p class=\"person\">\(avatar(name, size)) <bdi>\(name)</bdi></p>"
    }

    /// The first letters of the first and the last word: `Ingrid Aasland-Okonkwo` gives `IA`.
    static func initials(_ name: String) -> String {
        let words = name.split { $0.isWhitespace }.compactMap { $0.first { $0.isLetter || $0.isNumber } }
        let ends = words.count > 1 ? [words[0], words[words.count - 1]] : Array(words.prefix(1))
        return ends.map { String($0).uppercased() }.joined()
    }

    /// The states of a booking; their marks differ in shape, so they are readable without colour.
    package enum Mark: String, Sendable, CaseIterable {
        case confirmed, completed, held, pendingApproval = "pending-approval", pendingPayment = "pending-payment"
        case noShow = "no-show", declined, cancelled, rescheduled, expired, bad
    }

    /// A mark and a word.
    package static func state(_ mark: Mark, _ words: String) -> HTML {
        "<span class=\"state \(mark.rawValue)\">\(words)</span>"
    }
}

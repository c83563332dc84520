/// Whether a link can be booked now, in one word for lists and one sentence for its editor.
import Scheduling
import Web

package struct LinkState: Sendable, Equatable {
    package enum Door: Sendable { case open, off, expired, usedUp }

    package let door: Door
    /// Bookings made and allowed, where they are limited.
    let used: (made: Int, most: Int)?
    let isHidden: Bool
    let asksCode: Bool

    package init(_ link: Link, uses: Int, now: Instant) {
        let access = link.rules.access
        used = access.mostUses.map { (uses, $0) }
        isHidden = access.hidden
        asksCode = access.code != nil
        do throws(LinkRefusal) {
            try link.checkOpen(uses: uses, now: now)
            door = .open
        } catch .expired {
            door = .expired
        } catch .usedUp {
            door = .usedUp
        } catch {
            door = .off
        }
    }

    package static func == (a: LinkState, b: LinkState) -> Bool {
        a.door == b.door && a.isHidden == b.isHidden && a.asksCode == b.asksCode && a.used?.made == b.used?.made
            && a.used?.most == b.used?.most
    }

    /// For the editor; nil where the address says enough.
    var words: HTML? {
        switch door {
        case .open: nil
        case .off: say("Switched off. Nobody can book it.")
        case .expired: say("Its last day is over. Nobody can book it.")
        case .usedUp: say("All its bookings are made. Nobody can book it.")
        }
    }

    /// The marks beside its name in a list.
    var tags: HTML {
        var tags: [String] = []
        switch door {
        case .open: break
        case .off: tags.append(plain("Switched off"))
        case .expired: tags.append(plain("Expired"))
        case .usedUp: tags.append(plain("Used up"))
        }
        if isHidden { tags.append(plain("Hidden")) }
        if asksCode { tags.append(plain("Needs a code")) }
        if let used { tags.append(plain("\(used.made) of \(used.most) booked")) }
        return "\(each: tags, { "<span class=\"tag\">\($0)</span>" })"
    }
}

/// What a host asks of the list of bookings: all of it stands in the address, and what makes no sense there is ignored.
import Database
import Scheduling
import Web

/// Which part of the list is on show.
package enum BookingBucket: String, CaseIterable, Sendable {
    case upcoming, pending, past
    case noShow = "no-shows"
    case cancelled, all

    var label: String {
        switch self {
        case .upcoming: plain("Upcoming")
        case .pending: plain("Waiting for you")
        case .past: plain("Past")
        case .noShow: plain("No-shows")
        case .cancelled: plain("Cancelled")
        case .all: plain("All")
        }
    }
}

/// Whose bookings are on show.
package enum Whose: Hashable, Sendable {
    case mine(ID<User>)
    /// All that may be seen.
    case everyone
    case one(ID<User>)

    /// As the address says it.
    var word: String {
        switch self {
        case .mine: "me"
        case .everyone: "all"
        case .one(let host): host.text
        }
    }
}

package struct HostListAsk: Hashable, Sendable {
    package var bucket = BookingBucket.upcoming
    /// Nil where the address does not say it; then it is `usual`.
    package var whose: Whose?
    package var usual = Whose.everyone
    package var link: ID<Link>?
    package var source: BookingSource?
    /// Days of the viewer's calendar, both included.
    package var from: LocalDate?
    package var to: LocalDate?
    package var search = ""
    package var after: String?
    package var before: String?

    package init() {}

    /// - Parameter isHost: whether the person can be booked themselves.
    package init(_ query: Query, principal: Principal, isHost: Bool) {
        bucket = query["show"].flatMap(BookingBucket.init(rawValue:)) ?? .upcoming
        usual = isHost || principal.reads?.count == 1 ? .mine(principal.user) : .everyone
        whose = query["host"].flatMap { Self.whose($0, principal) }
        link = query["link"].flatMap(ID<Link>.init)
        source = query["source"].flatMap(BookingSource.init(rawValue:))
        from = query["from"].flatMap(LocalDate.init).flatMap(Self.bounded)
        to = query["to"].flatMap(LocalDate.init).flatMap(Self.bounded)
        search = Self.tidy(query["q"] ?? "")
        after = query["cursor"]
        before = query["before"]
    }

    /// Whoever is not theirs to read is as if not asked for.
    private static func whose(_ text: String, _ principal: Principal) -> Whose? {
        switch text {
        case "me", principal.user.text: .mine(principal.user)
        case "all": .everyone
        default: ID<User>(text).flatMap { principal.reads?.contains($0) ?? true ? .one($0) : nil }
        }
    }

    /// The one person the list is about; nil for everybody who may be seen.
    var host: ID<User>? {
        switch whose ?? usual {
        case .mine(let host), .one(let host): host
        case .everyone: nil
        }
    }

    static let longestSearch = 200

    private static func tidy(_ text: String) -> String {
        let signs = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(longestSearch)
        return String(String.UnicodeScalarView(signs)).trimmingBlanks
    }

    private static func bounded(_ date: LocalDate) -> LocalDate? { (1970...2200).contains(date.year) ? date : nil }

    var terms: [String] { SearchWords.terms(search) }

    /// Whether anything but the bucket narrows the list.
    var isNarrowed: Bool {
        if case .one? = whose { return true }
        return link != nil || source != nil || from != nil || to != nil || !search.isEmpty
    }

    /// The pairs that say all of this, the default left out.
    var pairs: [(String, String)] {
        var pairs: [(String, String)] = []
        if bucket != .upcoming { pairs.append(("show", bucket.rawValue)) }
        if let whose { pairs.append(("host", whose.word)) }
        if let link { pairs.append(("link", link.text)) }
        if let source { pairs.append(("source", source.rawValue)) }
        if let from { pairs.append(("from", from.description)) }
        if let to { pairs.append(("to", to.description)) }
        if !search.isEmpty { pairs.append(("q", search)) }
        if let after { pairs.append(("cursor", after)) }
        if let before { pairs.append(("before", before)) }
        return pairs
    }

    /// The address of the list with one thing changed; a change always leads to the first page.
    func path(_ change: (inout HostListAsk) -> Void = { _ in }, base: Path = "/calendar/bookings") -> Path {
        var other = self
        other.after = nil
        other.before = nil
        change(&other)
        return base.adding(query: other.pairs)
    }

    /// - Parameter reads: the people whose bookings may be seen; nil for those who see all.
    func filter(reads: Set<ID<User>>?, zone: Zone, now: Instant) -> BookingFilter {
        var filter = BookingFilter(bucket, now: now)
        filter.host = host
        filter.readable = reads
        filter.link = link
        filter.terms = terms.map(SearchTerm.init(prefix:)) + (source.map { [SearchTerm(source: $0)] } ?? [])
        if let from {
            let start = zone.instant(of: from)
            filter.from = filter.from.map { max($0, start) } ?? start
        }
        if let to { filter.to = zone.instant(of: to.adding(days: 1)) }
        return filter
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension BookingFilter {
    /// What a bucket holds, before anything else narrows it.
    package init(_ bucket: BookingBucket, now: Instant) {
        self.init()
        switch bucket {
        case .upcoming:
            statuses = [.confirmed]
            from = now
        case .pending:
            statuses = [.pendingApproval, .pendingPayment]
            from = now
        case .past:
            statuses = [.confirmed, .completed]
            endedBy = now
            newestFirst = true
        case .noShow:
            statuses = [.noShow]
            newestFirst = true
        case .cancelled:
            statuses = [.cancelled, .declined, .expired]
            newestFirst = true
        case .all:
            statuses = BookingStatus.allCases.filter { $0 != .held }
            newestFirst = true
        }
    }
}

/// A page of the list with ways to its neighbours.
struct BookingPageRead: Sendable {
    var rows: [BookingRowModel]
    var earlier: String?
    var later: String?

    /// Reads the page the cursors name; an unreadable cursor is the first page.
    static func load(
        _ ask: HostListAsk, _ filter: BookingFilter, length: Int, scope: Scope, in tx: Transaction
    ) throws -> BookingPageRead {
        var filter = filter
        filter.limit = length + 1
        let before = ask.before.flatMap { try? BookingCursor.read($0) }
        let after = before == nil ? ask.after.flatMap { try? BookingCursor.read($0) } : nil
        filter.after = before ?? after
        if before != nil { filter.newestFirst.toggle() }
        var found = try BookingListStore.list(filter, scope: scope, in: tx)
        let hasMore = found.count > length
        found = Array(found.prefix(length))
        if before != nil { found.reverse() }
        let titles = try BookingListStore.titles(of: found.map(\.link), scope: scope, in: tx)
        let rows = try BookingRowModel.rows(found, titles: titles, scope: scope, in: tx)
        return BookingPageRead(
            rows: rows,
            earlier: (before == nil ? after != nil : hasMore) ? found.first.map(BookingCursor.write) : nil,
            later: (before == nil ? hasMore : true) ? found.last.map(BookingCursor.write) : nil)
    }
}

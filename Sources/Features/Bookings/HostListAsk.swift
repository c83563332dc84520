/// What a host asks of the list of bookings: all of it stands in the address, and what makes no sense there is ignored.
import Database
import Scheduling
import Web

/// Which part of the list is on show.
package enum BookingBucket: String, CaseIterable, Sendable {
    case upcoming, pending, past
    case noShow = "no-shows"
    case cancelled

    var label: String {
        switch self {
        case .upcoming: plain("Upcoming")
        case .pending: plain("Pending")
        case .past: plain("Past")
        case .noShow: plain("No-shows")
        case .cancelled: plain("Cancelled")
        }
    }
}

package struct HostListAsk: Hashable, Sendable {
    package var bucket = BookingBucket.upcoming
    /// Nil shows everybody's, for those who may see them.
    package var host: ID<User>?
    package var link: ID<Link>?
    package var source: BookingSource?
    /// Days of the viewer's calendar, both included.
    package var from: LocalDate?
    package var to: LocalDate?
    package var search = ""
    package var after: String?
    package var before: String?

    package init() {}

    package init(_ query: Query, principal: Principal) {
        bucket = query["show"].flatMap(BookingBucket.init(rawValue:)) ?? .upcoming
        let asked = query["host"].flatMap { $0 == "me" ? principal.user : ID<User>($0) }
        // Whoever is not theirs to read is as if not asked for.
        host = asked.flatMap { principal.reads?.contains($0) ?? true ? $0 : nil }
        link = query["link"].flatMap(ID<Link>.init)
        source = query["source"].flatMap(BookingSource.init(rawValue:))
        from = query["from"].flatMap(LocalDate.init).flatMap(Self.bounded)
        to = query["to"].flatMap(LocalDate.init).flatMap(Self.bounded)
        search = Self.tidy(query["q"] ?? "")
        after = query["cursor"]
        before = query["before"]
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
        link != nil || source != nil || from != nil || to != nil || !search.isEmpty || host != nil
    }

    /// The pairs that say all of this, the default left out.
    var pairs: [(String, String)] {
        var pairs: [(String, String)] = []
        if bucket != .upcoming { pairs.append(("show", bucket.rawValue)) }
        if let host { pairs.append(("host", host.text)) }
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
        let rows = found.map { BookingRowModel(booking: $0, title: titles[$0.link] ?? "") }
        return BookingPageRead(
            rows: rows,
            earlier: (before == nil ? after != nil : hasMore) ? found.first.map(BookingCursor.write) : nil,
            later: (before == nil ? hasMore : true) ? found.last.map(BookingCursor.write) : nil)
    }
}

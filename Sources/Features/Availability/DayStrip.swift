/// A day as a line of hours with blocks on it: one column is five minutes.
import Scheduling
import Web

struct DayStrip: Sendable {
    private struct Cell {
        var kind: String
        var words: String
        var columns: Int
        var free = 0
    }

    let range: Span
    private let preview: DayPreview
    private static let column = 5

    /// - Parameter range: what is drawn; nil is the hours in which not all is closed.
    init(_ preview: DayPreview, within range: Span? = nil) {
        self.preview = preview
        self.range = range ?? Self.range(of: preview)
    }

    private static func range(of preview: DayPreview) -> Span {
        let midnight = preview.zone.instant(of: preview.date)
        let end = preview.zone.instant(of: preview.date.adding(days: 1))
        let open = preview.pieces.filter { $0.kind != .closed }
        guard let first = open.first, let last = open.last else {
            return Span(start: midnight.adding(minutes: 480), end: midnight.adding(minutes: 1_080))
        }
        let hour: Int64 = 3_600
        let from = (first.starts - midnight) / hour * hour
        let to = (last.starts.adding(minutes: last.minutes) - midnight + hour - 1) / hour * hour
        return Span(
            start: max(midnight, midnight.adding(seconds: from)), end: min(end, midnight.adding(seconds: to)))
    }

    func table(labelled id: String, hasHours: Bool = false) -> HTML {
        """
        <table class="strip" aria-labelledby="\(id)">\(if: hasHours, then: hours)<tbody><tr>\(each: cells, { cell in
            "<td class=\"\(cell.kind)\" colspan=\"\(cell.columns)\"><span>\(words(cell))</span></td>"
        })</tr></tbody></table>
        """
    }

    private var hours: HTML {
        let count = Int((range.end - range.start) / 3_600)
        let perHour = 60 / Self.column
        return """
            <thead><tr>\(each: 0..<count, { hour in
                let local = preview.zone.local(at: range.start.adding(minutes: hour * 60))
                return "<th scope=\"col\" colspan=\"\(perHour)\">\(local.words(.twentyFour).prefix(2))</th>"
            })</tr></thead>
            """
    }

    private func words(_ cell: Cell) -> HTML {
        cell.free > 0 ? say("\(cell.free)|one:Free|other:%1 free") : "\(cell.words)"
    }

    private func column(of instant: Instant) -> Int { Int((instant - range.start) / 60) / Self.column }

    /// Free times in a row are one block, as are all the others.
    private var cells: [Cell] {
        var cells: [Cell] = []
        for piece in preview.pieces {
            let start = max(piece.starts, range.start)
            let end = min(piece.starts.adding(minutes: piece.minutes), range.end)
            // By where it begins and ends, so that what is left over does not add up.
            let columns = column(of: end) - column(of: start)
            guard end > start, columns > 0 else { continue }
            let isFree = piece.kind == .free
            if let last = cells.last, last.kind == piece.kind.rawValue, isFree || last.words == piece.words {
                cells[cells.count - 1].columns += columns
                if isFree { cells[cells.count - 1].free += 1 }
            } else {
                cells.append(Cell(
                    kind: piece.kind.rawValue, words: piece.words, columns: columns, free: isFree ? 1 : 0))
            }
        }
        return cells
    }
}

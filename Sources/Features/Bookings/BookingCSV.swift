/// Bookings as a table for spreadsheets: RFC 4180, UTF-8 with its mark, and no cell that a program could run.
import Scheduling
import Web

package enum BookingCSV {
    /// More than this is not put into one file.
    package static let most = 100_000
    /// Read and written at a time, so that a long file holds no transaction and little memory.
    static let atOnce = 1000
    /// Without it Excel reads UTF-8 as its own old code page.
    static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

    static var head: [String] {
        [
            plain("Id"), plain("State"), plain("Start"), plain("End"), plain("Time zone"), plain("Link"),
            plain("Attendee"), plain("E-mail"), plain("Phone"), plain("Attendee’s time zone"), plain("Hosts"),
            plain("Where"), plain("Booked by way of"), plain("Booked at"), plain("Reason"), plain("Answers"),
            plain("Booked by"), plain("E-mail of who booked"),
        ]
    }

    static func row(_ row: BookingRowModel, zone: Zone) -> [String] {
        let booking = row.booking
        return [
            booking.id.text, booking.state.status.rawValue, booking.state.starts.rfc3339(in: zone),
            booking.state.ends.rfc3339(in: zone), zone.name, row.title, booking.attendee.name, booking.attendee.email,
            booking.attendee.phone ?? "", booking.attendee.zone, booking.hosts.map(\.name).joined(separator: "; "),
            booking.location.words, booking.source.rawValue, booking.createdAt.rfc3339(in: zone), booking.reason,
            booking.answers.map { "\($0.label): \($0.words.replacing("\n", with: ", "))" }.joined(separator: "\n"),
            booking.bookedBy?.name ?? "", booking.bookedBy?.email ?? "",
        ]
    }

    /// One line with its end.
    package static func line(_ cells: [String]) -> [UInt8] {
        Array((cells.map(cell).joined(separator: ",") + "\r\n").utf8)
    }

    /// A cell that begins like a formula begins with an apostrophe instead; quoted wherever the grammar asks for it.
    static func cell(_ text: String) -> String {
        let signs = text.unicodeScalars
        let runs = signs.first.map { "=+-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars.contains($0) } ?? false
        let safe = runs ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { "\",;\r\n\t'".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + String(String.UnicodeScalarView(safe.unicodeScalars.flatMap { sign -> [Unicode.Scalar] in
            sign == "\"" ? [sign, sign] : [sign]
        })) + "\""
    }
}

/// A file of bookings cannot hold as many as were asked for.
package struct TooManyForOneFile: Refusal {
    package var status: Int { 422 }
    package var code: String { "invalid" }
    package var message: String {
        plain("That is more than \(BookingCSV.most) bookings. Choose days from and to, and take them in parts.")
    }
}

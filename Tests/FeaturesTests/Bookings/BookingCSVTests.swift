/// Bookings as a table: cells that no spreadsheet runs, and every sign that survives.
import Scheduling
import Testing
import Web

@testable import Features

struct BookingCSVTests {
    @Test("a cell that begins like a formula is a text, and quotes and breaks stay inside their cell", arguments: [
        ("plain", "plain"), ("", ""), ("=1+1", "\"'=1+1\""), ("+351 912", "\"'+351 912\""),
        ("-2", "\"'-2\""), ("@SUM(A1)", "\"'@SUM(A1)\""), ("\tx", "\"'\tx\""), ("\rx", "\"'\rx\""),
        ("＝1", "\"'＝1\""), ("a=b", "a=b"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
        ("a;b", "\"a;b\""), ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""), ("長谷川", "長谷川"),
        ("=\"x\"", "\"'=\"\"x\"\"\""), ("=\u{301}1", "\"'=\u{301}1\""),
    ])
    func cells(text: String, cell: String) {
        #expect(BookingCSV.cell(text) == cell)
    }

    @Test("a line ends with CR LF and has as many cells as the head")
    func lines() {
        let row = BookingCSV.row(BookingRowModel(booking: .example, title: "=Intro"), zone: .utc)
        #expect(row.count == BookingCSV.head.count)
        #expect(String(decoding: BookingCSV.line(["a", "b,c"]), as: UTF8.self) == "a,\"b,c\"\r\n")
        #expect(row[2] == "2026-12-03T10:30:00+00:00" && row[5] == "=Intro")
    }
}

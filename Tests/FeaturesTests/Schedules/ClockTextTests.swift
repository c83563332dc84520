/// Times of day as people type them, and what is no time.
import Testing

@testable import Features

struct ClockTextTests {
    @Test("a time is read however it is written", arguments: [
        ("9:00", 540), ("09:00", 540), ("0900", 540), ("900", 540), ("9", 540), ("9.30", 570), ("9am", 540),
        ("9 AM", 540), ("9:30\u{202f}pm", 1_290), ("12am", 0), ("12 p.m.", 720), ("12:15 am", 15), ("00:00", 0),
        ("17", 1_020), ("1730", 1_050), ("24:00", 1_440), ("2400", 1_440), ("26:00", 1_560), ("48:00", 2_880),
        ("09:00:00", 540),
    ])
    func read(text: String, minutes: Int) {
        #expect(ClockText.minutes(text) == minutes)
    }

    @Test("what is no time is none", arguments: [
        "", " ", "nine", "am", "0am", "13pm", "9:60", "960", "48:01", "49", "25", "9:", ":30", "9:00:",
        "9:00:00:00", "-9", "+9", "9:000", "09000", "１8:00", "9,5", "9:0x",
    ])
    func refuse(text: String) {
        #expect(ClockText.minutes(text) == nil)
    }
}

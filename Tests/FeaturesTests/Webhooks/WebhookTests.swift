/// When a delivery is tried again, and what is kept of an answer: pure rules.
import Capabilities
import Scheduling
import Testing

@testable import Features

struct WebhookTests {
    private func pause(_ attempt: Int, _ reply: HTTPReply? = nil, chance: Double = 0.5) -> Int64? {
        WebhookRetry.pause(after: attempt, reply: reply, now: monday, chance: chance)
    }

    @Test("after each failure it waits longer, three days in all, and then it is over")
    func schedule() {
        #expect((1...9).map { pause($0) } == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000])
        #expect(pause(10) == nil && pause(11) == nil && pause(0) == nil)
        let sum = (1...9).compactMap { pause($0) }.reduce(0, +)
        #expect(sum > 71 * 3_600 && sum < 73 * 3_600)
    }

    @Test("chance moves every pause by at most a tenth")
    func jitter() {
        for attempt in 1...9 {
            let (least, most) = (pause(attempt, chance: 0) ?? 0, pause(attempt, chance: 1) ?? 0)
            let plain = Double(WebhookRetry.pauses[attempt - 1])
            #expect(Double(least) >= plain * 0.9 - 1 && Double(most) <= plain * 1.1 && least < most)
        }
    }

    @Test("a server that says when is heard, up to an hour, if it is one that may say so")
    func retryAfter() {
        let asks = { (status: Int, value: String) in
            HTTPReply(status: status, headers: [HTTPHeader("retry-after", value)])
        }
        #expect(pause(1, asks(429, "120")) == 120 && pause(1, asks(503, "120")) == 120)
        #expect(pause(1, asks(500, "120")) == 5)
        #expect(pause(1, asks(429, "86400")) == 3_600)
        #expect(pause(3, asks(429, "7")) == 1_800)
        // monday is 2030-01-07T07:00:00Z.
        #expect(pause(1, asks(503, "Mon, 07 Jan 2030 07:02:00 GMT")) == 120)
        for bad in ["soon", "", "-5", "99999999999999999999", "Mon, 07 Jan 2030 06:00:00 GMT"] {
            #expect(pause(1, asks(429, bad)) == 5, "\(bad)")
        }
    }

    @Test("of an answer is kept what can be shown, at most a thousand characters")
    func answer() {
        #expect(WebhookAttempt.shown(Array("a\0b\u{1b}[31m\nc\td\r".utf8)) == "ab[31m\nc\td")
        #expect(WebhookAttempt.shown([0xff, 0x41]) == "\u{fffd}A")
        #expect(WebhookAttempt.shown(Array(repeating: 0x78, count: 65_536)).count == 1_000)
        #expect(WebhookAttempt.shown(Array(String(repeating: "ü", count: 3_000).utf8)).count == 1_000)
    }

    @Test("an effect keeps one line of somebody else's words")
    func effect() {
        let effect = Effect(
            .mail, of: "bk", version: 1, news: "booked", to: "attendee", key: "<1@a>",
            note: "250 ok\r\n" + String(repeating: "x", count: 900), acceptedAt: monday)
        #expect(effect.note.count == 500 && effect.note.hasPrefix("250 ok  x"))
    }
}

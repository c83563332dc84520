/// Measures what a confirm costs at the store: the real use case on a real database, without HTTP.
import Database
import Features
import Foundation
import Scheduling

/// `BenchStore prepare URL HOSTS`, then `BenchStore confirm URL CLIENTS HOSTS COUNT [TRACE]` as often as one likes.
@main
struct BenchStore {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        let numbers = words.dropFirst(2).compactMap { Int($0) }
        switch (words.first, numbers.count) {
        case ("prepare", 1):
            try await Stand.prepare(words[1], hosts: numbers[0])
        case ("confirm", 3):
            let trace = words.count > 5 ? Trace(file: words[5]) : nil
            let stand = try await Stand(words[1], hosts: numbers[1], count: numbers[2], trace: trace)
            print(try await confirm(on: stand, clients: numbers[0], count: numbers[2]))
            await stand.close()
        default:
            print("BenchStore prepare URL HOSTS | confirm URL CLIENTS HOSTS COUNT [TRACE]")
            exit(2)
        }
    }

    /// Lets the clients book, each one meeting after the other.
    /// - Returns: what it took, as JSON.
    private static func confirm(on stand: Stand, clients: Int, count: Int) async throws -> String {
        // Statements are prepared and pages read before the clock runs.
        for turn in 0..<Stand.warmUps { try await stand.confirm(host: turn) }
        stand.trace?.start()
        let (began, before) = (ContinuousClock.now, cpuMicroseconds())
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for client in 0..<clients {
                let share = count / clients + (client < count % clients ? 1 : 0)
                // One client goes from host to host; of several each has its own, as far as there are enough.
                group.addTask { try await book(share, on: stand) { clients == 1 ? $0 : client } }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let (took, cpu) = (began.duration(to: .now), cpuMicroseconds() - before)
        stand.trace?.end()
        return """
            {"confirms": \(count), "seconds": \(took / .seconds(1)), "cpu_us": \(cpu / Double(count)), \
            "p50_us": \(times.sorted()[count / 2])}
            """
    }

    private static func book(_ count: Int, on stand: Stand, at host: (Int) -> Int) async throws -> [Double] {
        var times: [Double] = []
        for turn in 0..<count {
            let began = ContinuousClock.now
            try await stand.confirm(host: host(turn))
            times.append(began.duration(to: .now) / .microseconds(1))
            stand.trace?.confirmed()
        }
        return times
    }

    /// Of the whole process, in the kernel and out of it.
    private static func cpuMicroseconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
    }
}

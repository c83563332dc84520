/// Random rules beside python-dateutil.
import Fakes
import Foundation
import Testing

@testable import ICalendar
@testable import Scheduling

@Suite struct RuleOracleTests {
    /// `WORKESTRA_RULES` more of them, `WORKESTRA_TEST_SEED` others.
    @Test("random rules give what dateutil gives")
    func random() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["WORKESTRA_TEST_SEED"] ?? "20261128", count = environment["WORKESTRA_RULES"] ?? "300"
        let process = Python.process("rule_oracle.py", [seed, count])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "rule_oracle.py failed")

        var (rules, instances) = (0, 0)
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false)
            let numbers = parts[1...3].compactMap { Int64($0) }
            let expected = parts[4].split(separator: " ").compactMap { Int64($0) }
            let rule = try #require(RecurrenceRule(parts[0]), "\(line)")
            #expect(Self.readings(rule, numbers) == expected, "\(parts[0]) from \(parts[1]), seed \(seed)")
            (rules, instances) = (rules + 1, instances + expected.count)
        }
        print("rules: \(rules), instances: \(instances), seed: \(seed)")
        #expect("\(rules)" == count)
    }

    private static func readings(_ rule: RecurrenceRule, _ numbers: [Int64]) -> [Int64] {
        var steps = ExpansionSteps(1_000_000), readings: [Int64] = []
        RuleExpansion(rule, start: numbers[0])
            .read(from: numbers[1], through: numbers[2], steps: &steps, into: &readings)
        let isWithin = numbers[1]...numbers[2] ~= numbers[0]
        return steps.areUsedUp ? [] : (isWithin ? [numbers[0]] : []) + readings
    }
}

/// `workestra slots FILE… [--bench N]`: answers scenarios, one line of JSON each.

/// The command behind `workestra slots`.
package enum ScenarioCommand {
    /// Reads each file and hands over `{"id":…,"slots":[…],"eligible":[…]}` per scenario, without a line feed.
    /// - Parameters:
    ///   - bench: how often to run the engine on each scenario; adds `"median_ns"`, reading excluded.
    ///   - output: takes one line.
    /// - Throws: ``ScenarioError`` that names the file and the field.
    package static func run(files: [String], bench: Int?, zones: Zones, output: (String) -> Void) throws {
        for file in files {
            guard let json = readFile(file, limit: 1 << 28) else {
                throw ScenarioError(path: file, message: "cannot be read")
            }
            do {
                for scenario in try Scenario.read(json, zones: zones) {
                    output(line(scenario, bench: bench))
                }
            } catch let error as ScenarioError {
                throw ScenarioError(path: error.path.isEmpty ? file : "\(file): \(error.path)", message: error.message)
            }
        }
    }

    private static func line(_ scenario: Scenario, bench: Int?) -> String {
        let slots = scenario.question.slots()
        let starts = slots.map { String($0.start.seconds) }.joined(separator: ",")
        let eligible = slots.map { String($0.eligible) }.joined(separator: ",")
        let median = bench.map { ",\"median_ns\":\(medianNanoseconds(of: $0, scenario.question))" } ?? ""
        return "{\"id\":\(quoted(scenario.id)),\"slots\":[\(starts)],\"eligible\":[\(eligible)]\(median)}"
    }

    private static func medianNanoseconds(of runs: Int, _ question: SlotQuestion) -> Int64 {
        let times = (0..<max(1, runs)).map { _ in
            // The count is compared, so that the work cannot be left out as unused.
            ContinuousClock().measure { precondition(question.slots().count >= 0, "a count is not negative") }
        }
        let median = times.sorted()[times.count / 2].components
        return median.seconds * 1_000_000_000 + median.attoseconds / 1_000_000_000
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

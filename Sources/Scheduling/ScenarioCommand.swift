/// `workestra slots FILE… [--bench N]`: answers scenarios, one line of JSON each.

/// The command behind `workestra slots`.
package enum ScenarioCommand {
    /// Reads each file and hands over `{"id":…,"slots":[…],"eligible":[…]}` per scenario, without a line feed; with
    /// what else the scenario asks for, such as `"durations"` and `"explain"`.
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
        let question = scenario.question
        var line = "{\"id\":\(quoted(scenario.id)),\(answer(question.slots(), question))"
        if !scenario.durations.isEmpty {
            let answers = question.slots(lasting: scenario.durations).sorted { $0.key < $1.key }
            line += ",\"durations\":{"
            line += answers.map { "\"\($0.key)\":{\(answer($0.value, question))}" }.joined(separator: ",") + "}"
        }
        if !scenario.explained.isEmpty {
            let explanations = scenario.explained.map { explanation(question.explanation(at: $0)) }
            line += ",\"explain\":[" + explanations.joined(separator: ",") + "]"
        }
        if let bench { line += ",\"median_ns\":\(medianNanoseconds(of: bench, question))" }
        return line + "}"
    }

    private static func answer(_ slots: [Slot], _ question: SlotQuestion) -> String {
        var fields = [list("slots", slots) { $0.start.seconds }, list("eligible", slots) { Int64($0.eligible) }]
        if question.rules.capacity > 1 { fields.append(list("seatsLeft", slots) { Int64($0.seatsLeft ?? 0) }) }
        if question.rules.marksBeside { fields.append(list("beside", slots.filter(\.isBeside)) { $0.start.seconds }) }
        return fields.joined(separator: ",")
    }

    private static func list(_ name: String, _ slots: [Slot], _ number: (Slot) -> Int64) -> String {
        "\"\(name)\":[\(slots.map { String(number($0)) }.joined(separator: ","))]"
    }

    private static func explanation(_ explanation: Explanation) -> String {
        let hosts = explanation.hosts.map { "\(quoted($0.id)):\(reasons($0.causes))" }.joined(separator: ",")
        let reason = explanation.reason.map { quoted($0.rawValue) } ?? "null"
        return "{\"start\":\(explanation.start.seconds),\"reason\":\(reason),\"forAll\":"
            + "\(reasons(explanation.forAll)),\"hosts\":{\(hosts)}}"
    }

    /// Each reason once, in the order of the causes.
    private static func reasons(_ causes: [Cause]) -> String {
        var told: [String] = []
        for cause in causes where !told.contains(cause.reason.rawValue) { told.append(cause.reason.rawValue) }
        return "[" + told.map(quoted).joined(separator: ",") + "]"
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

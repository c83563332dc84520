/// The lines `workestra slots` prints.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ScenarioCommandTests {
    private let scenario = """
        {"id":"a \\"b\\"\\n","event":{"zone":"UTC","mode":"single","durationMin":30},"now":0,"from":0,"to":86400,
        "hosts":[{"id":"h","zone":"UTC","weekly":[[],[],[],[],[[540,600]],[],[]]}]}
        """

    @Test("One line for each scenario of each file")
    func lines() throws {
        let lines = try run([scenario, "[\(scenario),\(scenario)]"], bench: nil)
        let line = #"{"id":"a \"b\"\u000a","slots":[32400,34200],"eligible":[1,1]}"#
        #expect(lines == [line, line, line])
    }

    @Test("Bench adds the median of the runs")
    func bench() throws {
        let line = try #require(try run([scenario], bench: 3).first)
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(try #require(answer["median_ns"] as? Int) > 0)
    }

    @Test("An error names the file and the field")
    func errors() throws {
        let error = #expect(throws: ScenarioError.self) {
            try run([scenario.replacing("[540,600]", with: "[540]")], bench: nil)
        }
        #expect(error?.description.hasSuffix(
            "0.json: hosts[0].weekly[4][0]: needs two numbers, opens and closes") == true)
        #expect(throws: ScenarioError(path: "/nowhere", message: "cannot be read")) {
            try ScenarioCommand.run(files: ["/nowhere"], bench: nil, zones: zones) { _ in }
        }
    }

    private func run(_ texts: [String], bench: Int?) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slots-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try texts.enumerated().map { number, text in
            let file = folder.appending(path: "\(number).json")
            try text.write(to: file, atomically: true, encoding: .utf8)
            return file.path
        }
        var lines: [String] = []
        try ScenarioCommand.run(files: files, bench: bench, zones: zones) { lines.append($0) }
        return lines
    }
}

/// Descriptors: what is left for the process itself, whatever the system's limit.
import Foundation
import Testing

@testable import Server

struct DescriptorsTests {
    @Test("visitors leave some to the process, at a very small limit half", arguments: [
        (256, 128), (200, 100), (1_024, 896), (65_536, 65_408), (10, 5),
    ])
    func shares(limit: Int, forConnections: Int) {
        #expect(Descriptors(limit: limit).forConnections == forConnections)
    }

    @Test("the limit is raised to what the system allows, and never lowered")
    func raised() {
        let raised = Descriptors.raised()
        #expect(raised == Descriptors.raised())
        // The shell that this one starts has the same limits.
        let shell = Process(), output = Pipe()
        (shell.executableURL, shell.arguments) = (URL(filePath: "/bin/sh"), ["-c", "ulimit -Sn; ulimit -Hn"])
        shell.standardOutput = output
        #expect(throws: Never.self) { try shell.run() }
        let told = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let lines = told.split(separator: "\n")
        let (soft, hard) = (Int(lines[0]) ?? .max, Int(lines[1]) ?? .max)
        #expect(soft >= min(hard, 65_536) && raised.limit == min(soft, 65_536))
    }
}

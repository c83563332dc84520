/// Reading small files whole.

import Foundation
import Testing

@testable import Scheduling

@Suite struct FilesTests {
    @Test("A file is read whole up to the limit and not at all beyond it")
    func limit() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "file-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data([1, 2, 3]).write(to: file)
        #expect(readFile(file.path, limit: 3) == [1, 2, 3])
        #expect(readFile(file.path, limit: 2) == nil)
        try Data().write(to: file)
        #expect(readFile(file.path, limit: 0) == [])
    }

    @Test("Folders, devices and missing files are not read")
    func others() {
        #expect(readFile("/tmp", limit: 10) == nil)
        #expect(readFile("/dev/zero", limit: 10) == nil)
        #expect(readFile("/nowhere", limit: 10) == nil)
        #expect(namesInFolder("/nowhere") == nil)
    }
}

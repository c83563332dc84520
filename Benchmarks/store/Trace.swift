/// Writes down the statements of confirms with their values, for a bare program to run the same ones.
import Database
import Foundation
import Synchronization

/// A file of records, numbers little-endian: `S` + length + text, a statement, numbered from 0 in order; `X` + number +
/// count of values, a run of it, with each value as `n` | `i` + 64 bits | `t` or `b` + length + bytes; `C`, a confirm
/// is complete.
final class Trace: Sendable {
    private struct State {
        var isRunning = false
        var bytes: [UInt8] = []
        var numbers: [String: Int] = [:]
    }

    private let file: String
    private let state = Mutex(State())

    init(file: String) {
        self.file = file
    }

    func start() { state.withLock { $0.isRunning = true } }

    func end() {
        let bytes = state.withLock { state in
            state.isRunning = false
            return state.bytes
        }
        if !FileManager.default.createFile(atPath: file, contents: Data(bytes)) { print("\(file) cannot be written") }
    }

    func heard(_ text: String, _ values: [Value]) {
        state.withLock { state in
            guard state.isRunning else { return }
            if state.numbers[text] == nil {
                state.numbers[text] = state.numbers.count
                state.bytes.append("S", Array(text.utf8))
            }
            state.bytes.append(UInt8(ascii: "X"))
            state.bytes.append(number: UInt32(state.numbers[text] ?? 0))
            state.bytes.append(number: UInt32(values.count))
            for value in values { state.bytes.append(value) }
        }
    }

    func confirmed() {
        state.withLock { $0.bytes.append(UInt8(ascii: "C")) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(_ kind: Unicode.Scalar, _ bytes: [UInt8]) {
        append(UInt8(ascii: kind))
        append(number: UInt32(bytes.count))
        append(contentsOf: bytes)
    }

    fileprivate mutating func append(_ value: Value) {
        switch value {
        case .null: append(UInt8(ascii: "n"))
        case .integer(let number):
            append(UInt8(ascii: "i"))
            append(number: number)
        case .bool(let flag): append(Value.integer(flag ? 1 : 0))
        case .real(let number): append(Value.integer(Int64(number)))
        case .text(let text): append("t", Array(text.utf8))
        case .bytes(let bytes): append("b", bytes)
        }
    }
}

/// Owns a result of libpq and reads its rows.
import CLibPQ

/// A finished statement's answer; freed with the last reference.
final class PostgresResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { PQclear(pointer) }

    func forEachRow(_ visit: (Row) throws -> Void) throws {
        let width = PQnfields(pointer)
        let columns = Columns((0..<width).map { String(cString: PQfname(pointer, $0)) })
        let types = (0..<width).map { PQftype(pointer, $0) }
        for row in 0..<PQntuples(pointer) {
            try visit(Row(columns: columns, values: (0..<width).map { value(row, $0, types[Int($0)]) }))
        }
    }

    /// A field of the error report (PG_DIAG_…), or "".
    func diagnosis(_ field: Int32) -> String {
        PQresultErrorField(pointer, field).map { String(cString: $0) } ?? ""
    }

    /// Decodes text format by type: bool, bytea, the integers, the floats; numeric, which sums of integers have, is
    /// an integer if it is whole. Everything else stays text.
    private func value(_ row: Int32, _ column: Int32, _ type: Oid) -> Value {
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else { return .null }
        let text = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column)))
        switch type {
        case 16: return .bool(text.first == UInt8(ascii: "t"))
        case 17: return .bytes(bytes(hex: text.dropFirst(2)))
        case 20, 21, 23, 700, 701, 1700:
            let digits = String(decoding: text, as: UTF8.self)
            if type != 700, type != 701, let number = Int64(digits) { return .integer(number) }
            return Double(digits).map(Value.real) ?? .text(digits)
        default: return .text(String(decoding: text, as: UTF8.self))
        }
    }

    private func bytes(hex digits: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var index = digits.startIndex
        while index + 1 < digits.endIndex {
            bytes.append(nibble(digits[index]) << 4 | nibble(digits[index + 1]))
            index += 2
        }
        return bytes
    }

    private func nibble(_ digit: UInt8) -> UInt8 {
        digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}

/// Turns values into libpq's parameter arrays.
import CLibPQ

/// The parameters of one statement: numbers and text in text format, bytes in binary.
struct PostgresParameters {
    private var bytes: [CChar] = []
    /// Where each value begins in `bytes`; nil is NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [Value]) {
        for value in values { append(value) }
    }

    func withPointers<T>(_ work: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> T) -> T {
        bytes.withUnsafeBufferPointer { all in
            let values = starts.map { start in start.flatMap { offset in all.baseAddress.map { $0 + offset } } }
            return work(values, lengths, formats)
        }
    }

    private mutating func append(_ value: Value) {
        switch value {
        case .null: append(nil as [UInt8]?, format: 0)
        case .integer(let number): append("\(number)".utf8, format: 0)
        case .real(let number): append("\(number)".utf8, format: 0)
        case .bool(let flag): append((flag ? "t" : "f").utf8, format: 0)
        case .text(let text): append(text.utf8, format: 0)
        case .bytes(let raw): append(raw, format: 1)
        }
    }

    private mutating func append(_ text: (some Collection<UInt8>)?, format: Int32) {
        starts.append(text == nil ? nil : bytes.count)
        lengths.append(Int32(text?.count ?? 0))
        formats.append(format)
        guard let text else { return }
        bytes += text.lazy.map(CChar.init(bitPattern:))
        bytes.append(0)
    }
}

extension Value {
    /// The type the server shall take a parameter for (pg_type.dat). 0 lets it infer: NULL has no type of its own.
    var postgresType: Oid {
        switch self {
        case .null: 0
        case .bool: 16
        case .bytes: 17
        case .integer: 20
        case .text: 25
        case .real: 701
        }
    }
}

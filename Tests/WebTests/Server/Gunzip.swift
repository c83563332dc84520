/// Reads compressed answers back, for the tests.

import CNIOExtrasZlib

struct Unreadable: Error {}

/// The body of an answer, its chunks joined.
func body(of answer: [UInt8]) throws -> [UInt8] {
    let end = Array("\r\n\r\n".utf8)
    guard let start = answer.indices.first(where: { answer[$0...].starts(with: end) }) else { throw Unreadable() }
    let head = String(decoding: answer[..<start], as: UTF8.self).lowercased()
    var rest = answer[(start + 4)...]
    guard head.contains("transfer-encoding: chunked") else { return Array(rest) }
    var bytes: [UInt8] = []
    while let line = rest.firstIndex(of: 13) {
        guard let length = Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16) else { throw Unreadable() }
        bytes += rest[(line + 2)...].prefix(length)
        rest = rest[(line + 2)...].dropFirst(length + 2)
    }
    return bytes
}

/// A gzip member, expanded.
func gunzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = cnioextras_z_stream()
    guard CNIOExtrasZlib_inflateInit2(&stream, 15 + 16) == CNIOEXTRAS_Z_OK else { throw Unreadable() }
    defer { cnioextras_z_inflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: 1 << 20)
    let end = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            return cnioextras_z_inflate(&stream, CNIOEXTRAS_Z_FINISH)
        }
    }
    guard end == CNIOEXTRAS_Z_STREAM_END else { throw Unreadable() }
    return Array(output.prefix(Int(stream.total_out)))
}

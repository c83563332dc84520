/// Compresses bytes, for files that are sent many times and for pictures.

import CNIOExtrasZlib

/// The bytes as a gzip member (RFC 1952) at the strongest level; nil if zlib refuses, and then they go plain.
func gzip(_ bytes: [UInt8]) -> [UInt8]? { deflated(bytes, wrapping: .gzip) }

/// What stands around compressed data: 15 bits of window, plus 16 for a gzip header instead of zlib's.
enum Wrapping: Int32 {
    case zlib = 15
    case gzip = 31
}

/// The bytes compressed at the strongest level; nil if zlib refuses.
///
/// Uses the zlib that swift-nio-extras carries for the compression of pages, so there is only one in the program.
func deflated(_ bytes: [UInt8], wrapping: Wrapping) -> [UInt8]? {
    var stream = cnioextras_z_stream()
    guard CNIOExtrasZlib_deflateInit2(&stream, 9, CNIOEXTRAS_Z_DEFLATED, wrapping.rawValue, 9,
                                      CNIOEXTRAS_Z_DEFAULT_STRATEGY) == CNIOEXTRAS_Z_OK
    else { return nil }
    defer { cnioextras_z_deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(cnioextras_z_deflateBound(&stream, UInt(bytes.count))))
    let end = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            return cnioextras_z_deflate(&stream, CNIOEXTRAS_Z_FINISH)
        }
    }
    guard end == CNIOEXTRAS_Z_STREAM_END else { return nil }
    return Array(output.prefix(Int(stream.total_out)))
}

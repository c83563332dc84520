/// The files of `Public/` that are inside the program.

import CPublic

enum PublicFiles {
    /// One embedded file.
    struct File: Sendable {
        /// The path below `Public/`: `css/tokens.css`.
        let name: String
        let bytes: [UInt8]
    }

    /// All of them; style sheets in the order they are joined.
    static let all: [File] = (0..<public_count()).map { index in
        let file = public_at(index)
        return File(name: String(cString: file.name), bytes: Array(UnsafeBufferPointer(start: file.bytes,
                                                                                      count: file.length)))
    }
}

/// The public holidays of the world: the text that `bin/holidays` writes, inside the program.
package enum HolidayFile {
    /// UTF-8, in lines; read it once and keep what you need.
    package static var text: String {
        let file = public_holidays()
        return String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.length), as: UTF8.self)
    }
}

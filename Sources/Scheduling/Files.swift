/// The only input and output of this module: reading a small file whole.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The bytes of a regular file; nil if it cannot be read, is not a regular file or holds more than `limit` bytes.
func readFile(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
        return nil
    }
    // One byte more than it holds shows a file that grew after it was measured.
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
    var count = 0
    while count < bytes.count {
        let got = bytes.withUnsafeMutableBytes { rest in
            read(descriptor, rest.baseAddress?.advanced(by: count), rest.count - count)
        }
        if got < 0 { return nil }
        if got == 0 { break }
        count += got
    }
    return count < bytes.count ? Array(bytes[..<count]) : nil
}

/// The names in a folder, sorted, without those that begin with a dot; nil if it cannot be read.
func namesInFolder(_ path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                String(cString: $0)
            }
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}

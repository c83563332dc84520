/// Makes sure that one server process at most works on a SQLite file.
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An advisory lock (`flock`) on `PATH.lock`; the kernel frees it when the process ends, however it ends.
final class LockFile: Sendable {
    private let descriptor: Mutex<Int32>

    /// - Throws: ``DatabaseError/unavailable(_:)`` when another process holds it or the file cannot be made.
    init(beside path: String) throws(DatabaseError) {
        let file = path + ".lock"
        let opened = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw DatabaseError.unavailable("cannot make \(file): \(String(cString: strerror(errno)))")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            Self.shut(opened)
            throw DatabaseError.unavailable("another server works on \(path); stop it first")
        }
        descriptor = Mutex(opened)
    }

    deinit { release() }

    /// Frees the lock; a second call does nothing.
    func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Self.shut(descriptor) }
            descriptor = -1
        }
    }

    private static func shut(_ descriptor: Int32) {
        _ = close(descriptor)
    }
}

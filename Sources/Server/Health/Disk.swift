/// How much room the data folder has, when that is too little, and a reserve for the worst moment.
import Foundation
import Synchronization

/// The file system of a folder, as it is now.
struct Disk: Hashable, Sendable {
    let freeBytes: Int
    let totalBytes: Int

    init(freeBytes: Int, totalBytes: Int) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }

    /// - Returns: nil when the folder is not there.
    init?(at folder: String) {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        let unit = Int(facts.f_frsize)
        self.init(freeBytes: Int(facts.f_bavail) * unit, totalBytes: Int(facts.f_blocks) * unit)
    }

    /// 256 MB or 5 percent, whichever is more, but never more than 2 GB: a large disk is not full at 50 GB.
    var neededBytes: Int { max(256 << 20, min(totalBytes / 20, 2 << 30)) }

    /// Then nothing new is booked, so that there is room for what people need to end: cancelling.
    var isLow: Bool { freeBytes < neededBytes }

    /// Then no more files of visitors are kept: they end earlier than bookings, so that they alone never stop those.
    var isLowForFiles: Bool { freeBytes < 2 * neededBytes }
}

/// Watches the disk for the requests, and gives the reserve up when a write found no room.
final class DiskWatch: Sendable {
    /// Enough for many thousand cancellations.
    static let reserveBytes = 32 << 20
    /// A look at the disk serves all requests of this long.
    private static let pause = Duration.seconds(1)

    private let folder: String
    private let last = Mutex<(at: ContinuousClock.Instant, isLow: Bool)?>(nil)

    private let look: @Sendable (String) -> Bool

    init(folder: String, look: @escaping @Sendable (String) -> Bool = { Disk(at: $0)?.isLow ?? false }) {
        self.folder = folder
        self.look = look
    }

    private var reserve: String { "\(folder)/reserve" }

    var isLow: Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last.at < Self.pause { return last.isLow }
            let isLow = look(folder)
            last = (now, isLow)
            return isLow
        }
    }

    /// Fills the reserve if there is room for it.
    func makeReserve() {
        guard Disk(at: folder).map({ $0.freeBytes > 2 * Self.reserveBytes }) ?? false,
            !FileManager.default.fileExists(atPath: reserve)
        else { return }
        let descriptor = open(reserve, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Only what is allocated is kept from others.
        if posix_fallocate(descriptor, 0, off_t(Self.reserveBytes)) != 0 { unlink(reserve) }
    }

    /// A write found no room: from now on there is some, for those writes that are still let through.
    func giveReserveUp() { unlink(reserve) }
}

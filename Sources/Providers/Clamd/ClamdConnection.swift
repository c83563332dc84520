/// One conversation with clamd: a file in pieces, then its answer. Each call makes its thread wait.
import Capabilities
import Glibc

struct ClamdConnection: Sendable {
    /// Longest answer that is read, in bytes.
    private static let longestReply = 1_024
    private static let connectSeconds = 5

    private let descriptor: Int32
    private let end: ContinuousClock.Instant

    /// Connects.
    /// - Parameter seconds: for the whole conversation.
    init(_ settings: ClamdSettings, seconds: Int) throws(ProviderError) {
        end = .now + .seconds(seconds)
        let limit = min(seconds, Self.connectSeconds)
        let connected = switch settings.place {
        case .path(let path): Self.connect(path: path, seconds: limit)
        case .host(let host, let port): Self.connect(host: host, port: port, seconds: limit)
        }
        guard let connected else { throw ProviderError(.unavailable, "clamd cannot be reached") }
        descriptor = connected
    }

    func close() { Glibc.close(descriptor) }

    /// A command is closed by a zero, and so is its answer.
    func command(_ name: String) throws(ProviderError) { try write(Array("z\(name)\0".utf8)) }

    /// A piece with its length before it; the empty one ends the file.
    func send(_ piece: [UInt8]) throws(ProviderError) {
        let length = withUnsafeBytes(of: UInt32(piece.count).bigEndian, Array.init)
        do throws(ProviderError) {
            try write(length + piece)
        } catch {
            // A file that clamd finds too long it answers at once, and hangs up.
            let words = try? reply()
            throw words.map { ProviderError(.refused(code: 0), "clamd answered “\($0)”") } ?? error
        }
    }

    /// What clamd says, without the zero at its end.
    func reply() throws(ProviderError) -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: Self.longestReply)
        while !bytes.contains(0), bytes.count < Self.longestReply {
            try limit(SO_RCVTIMEO)
            let count = recv(descriptor, &part, part.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ProviderError(.unavailable, "clamd did not answer in time") }
            guard count > 0 else { break }
            bytes += part.prefix(count)
        }
        let words = String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard !words.isEmpty else { throw ProviderError(.unavailable, "clamd hung up") }
        return words
    }

    private func write(_ bytes: [UInt8]) throws(ProviderError) {
        var sent = 0
        while sent < bytes.count {
            try limit(SO_SNDTIMEO)
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ProviderError(.unavailable, "clamd hung up, or took nothing for too long") }
            sent += count
        }
    }

    /// No wait goes beyond the end of the whole.
    private func limit(_ option: Int32) throws(ProviderError) {
        let left = end - ContinuousClock.now
        guard left > .zero else { throw ProviderError(.unavailable, "clamd took too long") }
        let (seconds, parts) = left.components
        Self.limit(descriptor, option, timeval(
            tv_sec: Int(seconds), tv_usec: max(1_000, Int(parts / 1_000_000_000_000))))
    }

    private static func limit(_ descriptor: Int32, _ option: Int32, _ time: timeval) {
        var time = time
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func opened(_ family: Int32, seconds: Int) -> Int32? {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // Linux obeys the time-out for sending while it connects.
        limit(descriptor, SO_SNDTIMEO, timeval(tv_sec: seconds, tv_usec: 0))
        return descriptor
    }

    private static func connect(path: String, seconds: Int) -> Int32? {
        guard let descriptor = opened(AF_UNIX, seconds: seconds) else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let answer = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if answer == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    /// The addresses of a host one after the other.
    private static func connect(host: String, port: String, seconds: Int) -> Int32? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0 else { return nil }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next?.pointee {
            if let descriptor = opened(address.ai_family, seconds: seconds) {
                if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
                Glibc.close(descriptor)
            }
            next = address.ai_next
        }
        return nil
    }
}

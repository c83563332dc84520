/// Host names to addresses: the system's way, or a test's.
import Capabilities
import Dispatch
import Foundation
import Synchronization

package struct Resolver: Sendable {
    /// The addresses of a host in the order to try them; none for a name that leads nowhere.
    let addresses: @Sendable (String) async -> [IPAddress]

    package init(_ addresses: @escaping @Sendable (String) async -> [IPAddress]) { self.addresses = addresses }

    /// `getaddrinfo`, which blocks: on threads of its own, and given up after five seconds.
    package static let system = Resolver { host in
        await withCheckedContinuation { continuation in
            let answer = Answer(continuation)
            queue.async { answer.give(lookUp(host)) }
            queue.asyncAfter(deadline: .now() + 5) { answer.give([]) }
        }
    }

    private static let queue = DispatchQueue(label: "workestra.resolver", attributes: .concurrent)

    /// Given once; what comes later has nobody waiting.
    private final class Answer: Sendable {
        private let waiting: Mutex<CheckedContinuation<[IPAddress], Never>?>

        init(_ continuation: CheckedContinuation<[IPAddress], Never>) { waiting = Mutex(continuation) }

        func give(_ addresses: [IPAddress]) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: addresses)
        }
    }

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        for entry in sequence(first: list, next: { $0?.pointee.ai_next }).compactMap(\.self) {
            guard let address = entry.pointee.ai_addr else { continue }
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                    found.append(IPAddress(bytes: withUnsafeBytes(of: four.pointee.sin_addr) { Array($0) }))
                }
            case AF_INET6:
                address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                    found.append(IPAddress(bytes: withUnsafeBytes(of: six.pointee.sin6_addr) { Array($0) }))
                }
            default: break
            }
        }
        return found
    }
}

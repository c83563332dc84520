/// Whether the mail server can be reached; part of the wiring, since it knows the provider.
import Foundation
import Providers

extension App {
    /// Connects and hangs up: nothing is sent, nobody signs in.
    static func mailFinding(_ url: String) async -> Finding {
        let settings: SMTPSettings
        do {
            settings = try SMTPSettings(url)
        } catch {
            return Finding(.fail, "mail", "SMTP_URL: \(error.message)")
        }
        let reached = try? await within(.seconds(6)) { connects(to: settings.host, port: settings.port, seconds: 5) }
        return reached == true
            ? Finding(.ok, "mail", "\(settings) can be reached; not checked: user, password and delivery.")
            : Finding(.fail, "mail", "\(settings) cannot be reached from here: check SMTP_URL and the firewall.")
    }
}

/// Tries the addresses of a host one after the other.
private func connects(to host: String, port: Int, seconds: Int) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return false }
    defer { freeaddrinfo(found) }
    var next = found
    while let address = next?.pointee {
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        if descriptor >= 0 {
            defer { close(descriptor) }
            // Linux obeys the time-out for sending while it connects.
            var limit = timeval(tv_sec: seconds, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return true }
        }
        next = address.ai_next
    }
    return false
}

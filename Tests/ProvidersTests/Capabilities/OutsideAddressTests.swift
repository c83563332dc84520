/// Addresses that people type: one meaning or none.
import Capabilities
import Testing

struct OutsideAddressTests {
    private func problem(_ text: String) -> EgressProblem? {
        do throws(EgressProblem) {
            _ = try OutsideAddress(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("an address is read into what is called")
    func read() throws {
        let plain = try OutsideAddress("https://Hooks.Example.org/a/b?c=d")
        #expect(plain.host == "hooks.example.org" && plain.port == 443 && plain.isSecure)
        #expect(plain.text == "https://Hooks.Example.org/a/b?c=d")
        let port = try OutsideAddress("http://example.org:8080?x")
        #expect(port.host == "example.org" && port.port == 8_080 && !port.isSecure)
        let six = try OutsideAddress("HTTPS://[2001:DB8::1]:8443/")
        #expect(six.host == "2001:db8::1" && six.port == 8_443)
    }

    @Test("what two programs read differently is refused", arguments: [
        "https://", "https:///x", "https://a b.example/", "https://a\\b.example", "https://a.example\n/",
        "https://ä.example/",
        "https://a.example/#x", "https://[::1", "https://[127.0.0.1]/", "https://[::1]x/", "https://a.example:/",
        "https://a.example:0/", "https://a.example:65536/", "https://a.example:+80/", "https://a.example:80:80/",
        "https://a.example/<x>", "https://a.example/{x}", "https://a%2eexample/", "https://a;b/",
    ])
    func unreadable(text: String) {
        #expect(problem(text) == .unreadable)
    }

    @Test("other schemes and credentials have reasons of their own")
    func others() {
        for text in ["", "ftp://a.example/", "gopher://a.example:70/", "file:///etc/passwd", "unix:///run/x",
                     "//a.example", "a.example", "javascript:alert(1)"] {
            #expect(problem(text) == .scheme, "\(text)")
        }
        #expect(problem("https://user:secret@a.example/") == .credentials)
        #expect(problem("https://a.example@10.0.0.1/") == .credentials)
        #expect(problem("https://a.example/@b") == nil)
        #expect(problem("https://a.example/" + String(repeating: "x", count: 2_000)) == .unreadable)
    }
}

/// Which addresses are of the public internet: the whole table, and its edges on both sides.
import Capabilities
import Testing

struct IPAddressTests {
    @Test("nothing of this machine, of a private network or set aside is global", arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.7", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.9", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fdff::1", "fe80::1", "fec0::1",
        "ff02::1", "3fff::1",
    ])
    func closed(text: String) throws {
        #expect(try !#require(IPAddress(text)).isGlobal)
    }

    @Test("their neighbours are", arguments: [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:200::1", "2001:db9::1", "2606:4700::1111", "2003::1",
    ])
    func open(text: String) throws {
        #expect(try #require(IPAddress(text)).isGlobal)
    }

    @Test("other ways to write an address are no addresses here", arguments: [
        "", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "127.0.0.1 ", "1.2.3.4.5", "256.1.1.1", "[::1]", "::g",
        "fe80::1%lo",
    ])
    func unread(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("a network holds its addresses and no others")
    func networks() throws {
        let wide = try #require(IPNetwork("10.20.0.0/14"))
        #expect(wide.contains(IPAddress(bytes: [10, 20, 0, 1])) && wide.contains(IPAddress(bytes: [10, 23, 255, 255])))
        #expect(!wide.contains(IPAddress(bytes: [10, 24, 0, 0])) && !wide.contains(IPAddress(bytes: [10, 19, 9, 9])))
        let one = try #require(IPNetwork("127.0.0.2"))
        #expect(one.contains(IPAddress(bytes: [127, 0, 0, 2])) && !one.contains(IPAddress(bytes: [127, 0, 0, 3])))
        let all = try #require(IPNetwork("0.0.0.0/0"))
        #expect(all.contains(IPAddress(bytes: [8, 8, 8, 8])))
        #expect(try !all.contains(#require(IPAddress("::1"))))
        let six = try #require(IPNetwork("fd00::/8"))
        #expect(try six.contains(#require(IPAddress("fd12::9"))))
        #expect(try !six.contains(#require(IPAddress("fc00::1"))))
        for bad in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/+8", "example.org/8"] {
            #expect(IPNetwork(bad) == nil, "\(bad)")
        }
    }
}

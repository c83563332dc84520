/// Where the program may connect to, decided by where a name leads.
import Capabilities
import Testing

@testable import Providers

struct EgressRulesTests {
    private func ip(_ texts: String...) throws -> [IPAddress] { try texts.map { try #require(IPAddress($0)) } }

    @Test("the public internet by https, on three ports")
    func world() throws {
        let rules = EgressRules()
        let asked: [(String, EgressProblem?)] = [
            ("https://a.example/", nil), ("https://a.example:8443/", nil), ("https://a.example:80/", nil),
            ("https://a.example:22/", .port), ("https://a.example:25/", .port), ("http://a.example/", .insecure),
        ]
        for (text, problem) in asked {
            #expect(rules.problem(with: try OutsideAddress(text), at: try ip("93.184.216.34")) == problem, "\(text)")
        }
        #expect(rules.problem(with: try OutsideAddress("https://a.example/"), at: []) == .unknownHost)
    }

    @Test("one address at home closes the whole name")
    func mixed() throws {
        let address = try OutsideAddress("https://a.example/")
        #expect(EgressRules().problem(with: address, at: try ip("93.184.216.34", "10.0.0.1")) == .privateHost)
        #expect(EgressRules().problem(with: address, at: try ip("::1")) == .privateHost)
    }

    @Test("the operator's list opens its networks, there also by http and on any port, and nothing beside them")
    func listed() throws {
        let rules = EgressRules(allowed: [try #require(IPNetwork("10.1.0.0/16"))])
        let address = try OutsideAddress("http://n8n.internal:5678/hook")
        #expect(rules.problem(with: address, at: try ip("10.1.2.3")) == nil)
        #expect(rules.problem(with: address, at: try ip("10.2.0.1")) == .privateHost)
        #expect(rules.problem(with: address, at: try ip("10.1.2.3", "127.0.0.1")) == .privateHost)
        #expect(rules.problem(with: address, at: try ip("10.1.2.3", "93.184.216.34")) == .insecure)
    }
}

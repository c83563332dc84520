/// A made-up signed-in person for the gallery of pages and for tests that draw every page.
import Scheduling
import Web

extension Principal {
    package static var example: Principal {
        let random = [UInt8](repeating: 3, count: 10)
        return Principal(
            kind: .session, workspace: ID(milliseconds: 0, random: random), workspaceName: "Nordhavn Instruments",
            user: ID(milliseconds: 0, random: random), name: "Ingrid Aasland-Okonkwo",
            permissions: Permission.granted(to: .owner), sessionID: "ses", csrf: "example")
    }
}

/// Reads an e-mail address out of a form or a body: the addresses that are taken are those that mail can be sent to.
import Capabilities
import Web

extension Fields {
    /// An e-mail address that mail can be sent to, with a sentence for each way to get one wrong.
    ///
    /// - Returns: "" if it is wrong or missing.
    package mutating func email(_ name: String, label: String? = nil) -> String {
        let text = text(name, 1...254, label: label)
        guard !text.isEmpty else { return "" }
        do throws(AddressProblem) {
            return try EmailAddress(checking: text).text
        } catch {
            fail(name, "invalid", plain(Sentence(stringLiteral: error.message)))
            return ""
        }
    }
}

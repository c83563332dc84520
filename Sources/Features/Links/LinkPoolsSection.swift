/// The part of the link editor's hosts that says which pools there are, and who is in which.
import Scheduling
import Web

extension LinkSections {
    /// Rows in which one more pool can be named at once.
    private static let freePools = 2

    /// A text and no list: a pool that is named in this form for the first time can be chosen at once.
    func pool(of person: String, _ name: String) -> HTML {
        """
        <div class="for-pools">\(Components.field(
            "\(name).pool", plain("Pool of \(person)"), in: filled, optional: plain("empty: always attends")))</div>
        """
    }

    var pools: HTML {
        let rows = min(filled.rows("pools", "name") + Self.freePools, LinkPool.most)
        let wrong = filled.error("pools").map { message -> HTML in
            "<p class=\"field-error\" id=\"f-pools-error\">\(Components.icon(.warning))\(message)</p>"
        }
        return """
            <fieldset class="stack for-pools" id="f-pools"><legend class="label">\(say("Pools"))</legend>\
            <p class="hint">\(say("Out of each pool so many attend, in turn. Attendees read “two of the engineers”."))\
            </p>\(each: 0..<rows, row)\(wrong)</fieldset>
            """
    }

    private func row(_ index: Int) -> HTML {
        let (name, number) = ("pools.\(index)", index + 1)
        return """
            <div class="two" role="group" aria-label="\(plain("Pool \(number)"))">\
            \(Components.field("\(name).name", plain("Name of pool \(number)"), in: filled,
                               optional: plain("empty: no pool")))\
            \(self.number("\(name).take", plain("How many of pool \(number) attend")))</div>
            """
    }
}

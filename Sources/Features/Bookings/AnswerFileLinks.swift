/// A file among the answers of a booking, as its pages show it: fetched by its name, and removed by a button.
import Scheduling
import Web

struct AnswerFileLinks: Sendable {
    /// The questions whose files are there; others were removed, or have had their time.
    let kept: Set<ID<Question>>
    /// Where one is fetched.
    let path: @Sendable (ID<Question>) -> Path
    /// Where one is removed; nil for whoever may only read.
    var removal: (@Sendable (ID<Question>) -> Path)?
    /// Of the signed-in host who may.
    var csrf: Principal?
    /// What else the button's form sends.
    var hidden = HTML.empty

    func html(_ answer: Answered) -> HTML {
        let name: HTML = "<bdi>\(answer.words)</bdi>"
        guard kept.contains(answer.question) else { return say("“\(name)” was removed.") }
        let link: HTML = "<a class=\"inline\" href=\"\(path(answer.question))\" download>\(name)</a>"
        guard let removal else { return link }
        return link + Components.form(
            action: removal(answer.question), csrf: csrf, style: "line",
            hidden + Components.button(plain("Remove the file"), .quiet))
    }
}

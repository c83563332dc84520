/// Variables in texts of a host's own: a closed list, and the nearest known one for a slip.
import Scheduling
import Testing

@testable import Features

struct TemplateWordsTests {
    @Test("every variable of the list is known, with blanks inside the braces too", arguments: TemplateWords.all)
    func known(name: String) {
        #expect(TemplateWords.mistake(in: "a {{\(name)}} b {{ \(name) }}") == nil)
    }

    @Test("an answer is named by its question's id")
    func answers() {
        #expect(TemplateWords.mistake(in: "{{answer.\(Question.example.id)}}") == nil)
        #expect(TemplateWords.mistake(in: "{{answer.first}}") != nil && TemplateWords.mistake(in: "{{answer.}}") != nil)
    }

    @Test("an unknown one is named with the nearest that is known", arguments: [
        ("attende.name", "attendee.name"), ("start.tim", "start.time"), ("host.mail", "host.email"),
        ("Location", "location"), ("link_title", "link.title"),
    ])
    func nearest(typed: String, known: String) {
        let mistake = TemplateWords.mistake(in: "With {{\(typed)}}")
        #expect(mistake == "There is no variable {{\(typed)}}. Did you mean {{\(known)}}?")
    }

    @Test("braces that do not close are a mistake, single ones are words")
    func braces() {
        #expect(TemplateWords.mistake(in: "{{attendee.name") != nil && TemplateWords.mistake(in: "{{") != nil)
        #expect(TemplateWords.mistake(in: "{a} } }}") == nil && TemplateWords.mistake(in: "") == nil)
    }
}

/// The tags for programs that show our addresses: escaped, short, complete.
import Testing

@testable import Web

struct OpenGraphTests {
    @Test("a page names its title, its sentence, its address and its picture with the size")
    func complete() {
        let tags = OpenGraph.tags(
            title: "Coffee \"& more\"", description: "Half an hour.\n\nBring questions.",
            image: "https://meet.example/og/book/coffee.png", address: "https://meet.example/book/coffee").text
        #expect(tags.contains("<meta property=\"og:title\" content=\"Coffee &quot;&amp; more&quot;\">"))
        #expect(tags.contains("<meta property=\"og:description\" content=\"Half an hour. Bring questions.\">"))
        #expect(tags.contains("<meta property=\"og:url\" content=\"https://meet.example/book/coffee\">"))
        #expect(tags.contains("<meta property=\"og:image\" content=\"https://meet.example/og/book/coffee.png\">"))
        #expect(tags.contains("content=\"1200\"") && tags.contains("content=\"630\""))
    }

    @Test("a long description is cut at a word, a missing one leaves no empty tag")
    func lengths() {
        let long = Array(repeating: "sentence", count: 60).joined(separator: " ")
        let short = OpenGraph.shortened(long)
        #expect(short.count <= 201 && short.hasSuffix("sentence…"))
        #expect(OpenGraph.shortened(String(repeating: "x", count: 900)).count == 201)
        let tags = OpenGraph.tags(title: "Coffee", description: " \n", image: "", address: "").text
        #expect(!tags.contains("description"))
    }
}

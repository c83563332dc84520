/// `/team/<slug>`: whoever of a team is free first, and each of its people with what can be booked with them.
import Scheduling
import Web

package struct PublicTeamPage: Page {
    let team: PublicTeam
    let address: String

    package var html: HTML {
        Layout.publicPage(title: team.name, workspaceName: team.workspaceName, shape: .broad, head: tags, """
            <header class="stack near"><h1 class="display"><bdi>\(team.name)</bdi></h1>\
            \(if: !team.description.isEmpty, then: """
                <p class="second lead prose"><bdi>\(team.description)</bdi></p>
                """)</header>\(shared)\(people)\(if: isEmpty, then: nothing)
            """)
    }

    private var isEmpty: Bool { team.shared.isEmpty && team.people.isEmpty }

    private var tags: HTML {
        guard team.visibility == .open else { return "<meta name=\"robots\" content=\"noindex\">\n" }
        let words = team.description.isEmpty ? plain("Pick a time with \(team.name).") : team.description
        return OpenGraph.tags(
            title: team.name, description: words, image: nil, address: address + team.path.text)
    }

    private var nothing: HTML {
        Components.empty(
            plain("No open times here"),
            say("Nobody of \(team.name) has a meeting that everybody can book. Ask for an address of its own."))
    }

    private var shared: HTML {
        guard !team.shared.isEmpty else { return .empty }
        return """
            <section class="stack tight" aria-labelledby="anyone"><h2 class="label" id="anyone">\
            \(say("With several of us"))</h2><ul class="rows" role="list">\(each: team.shared, { offer in """
                <li class="row whole"><div class="stack tight">\(Self.link(offer, "h3"))</div>\
                \(Components.onward)</li>
                """ })</ul></section>
            """
    }

    private var people: HTML {
        guard !team.people.isEmpty else { return .empty }
        return """
            <section class="stack tight" aria-labelledby="people"><h2 class="label" id="people">\
            \(say("With one of us"))</h2><ul class="rows" role="list">\(each: team.people, person)</ul></section>
            """
    }

    private func person(_ person: PublicTeam.Person) -> HTML {
        let name: HTML = "<bdi>\(person.name)</bdi>"
        let title: HTML = if let handle = person.handle {
            Self.profile(Path("/u/\(handle)"), name, person.links.flatMap(\.origins))
        } else { name }
        return """
            <li class="row member">\(portrait(person))<div class="stack tight"><h3>\(title)</h3>\
            \(if: !person.part.isEmpty, then: "<p class=\"second\"><bdi>\(person.part)</bdi></p>")\
            \(if: !person.text.isEmpty, then: "<p class=\"second prose\"><bdi>\(person.text)</bdi></p>")\
            <ul class="offers" role="list">\(each: person.links, { offer in """
                <li class="whole"><div>\(Self.link(offer, "h4"))</div>\(Components.onward)</li>
                """ })</ul>\
            </div></li>
            """
    }

    private func portrait(_ person: PublicTeam.Person) -> HTML {
        guard let picture = person.picture else { return Components.avatar(person.name, .big) }
        return "<img class=\"avatar big\" src=\"\(picture.path)\" alt=\"\" width=\"48\" height=\"48\" loading=\"lazy\">"
    }

    private static func profile(_ path: Path, _ name: HTML, _ origins: [SiteOrigin]) -> HTML {
        let (path, target) = Frame.way(to: path, in: origins)
        return "<a class=\"row-link\" href=\"\(path)\"\(target)>\(name)</a>"
    }

    /// A link's title as a heading of that rank, and how long and where.
    private static func link(_ offer: PublicTeam.Offer, _ rank: StaticString) -> HTML {
        let (path, target) = Frame.way(to: offer.path, in: offer.origins)
        let title: HTML = "<a class=\"row-link\" href=\"\(path)\"\(target)><bdi>\(offer.title)</bdi></a>"
        let facts: HTML = """
            <p class="meta third">\(LinkRules.words(ofLengths: offer.lengths)) · \
            <bdi>\(PlaceList.anyOf(offer.places.map(\.openWords)))</bdi></p>
            """
        return "\(rank.description == "h3" ? "<h3>\(title)</h3>" : "<h4>\(title)</h4>" as HTML)\(facts)"
    }

    package static var example: PublicTeamPage {
        let offer = PublicTeam.Offer(
            id: ID(milliseconds: 0, random: Array(repeating: 7, count: 10)), slug: "product-walkthrough",
            title: "Product walkthrough", description: "", lengths: [30, 60],
            places: [Location(kind: .video, text: "")])
        let person = PublicTeam.Person(
            id: Principal.example.user, name: "Ingrid Aasland-Okonkwo", part: "Hospitals", text: "English, norsk, Igbo",
            handle: "ingrid", picture: nil, links: [offer])
        let team = PublicTeam(
            slug: "customers", name: "Customer team",
            description: "Talk to the people who will look after your buildings.", visibility: .open,
            workspace: Principal.example.workspace, workspaceName: "Nordhavn Instruments", shared: [offer],
            people: [person])
        return PublicTeamPage(team: team, address: "https://meet.example")
    }
}

/// The pages of profiles: one's own settings, and what strangers see.
import Capabilities
import Scheduling
import Web

/// `/settings/profile`.
package struct ProfileSettingsPage: Page {
    let principal: Principal
    let profile: Profile
    let address: String
    var filled: Filled
    let zones: [String]
    let languages: [Language]
    /// What happened a moment ago, such as “Saved”.
    var notice: HTML = .empty

    package var html: HTML {
        Layout.app(title: plain("Profile"), tab: .profile, principal, """
            \(Components.pageHead(plain("Profile"), say("How others see you, and what you are told."), actions: open))\
            \(notice)\(Components.mistakes(filled))\(picture)\(form)
            """)
    }

    private var open: HTML {
        guard let path = profile.path else { return .empty }
        return Components.copyButton(address + path.text, label: plain("Copy address"))
            + Components.link(plain("Open your page"), to: path)
    }

    private var picture: HTML {
        """
        <section class="stack" aria-labelledby="picture">\(Components.sectionHead(plain("Picture"), id: "picture"))\
        <div class="portrait-row">\(Components.portrait(profile.picture?.path, of: profile.wish.name))\
        <div class="stack near">\(Components.form(action: "/settings/profile/picture", csrf: principal, files: true, """
            \(Components.file("picture", plain("Choose a picture"), accept: "image/png,image/jpeg", in: filled,
                              hint: say("PNG or JPEG, at most 5 MB. Places and camera data in it are removed.")))\
            <p class="line">\(Components.button(plain("Upload picture")))</p>
            """))\(remove)</div></div></section>
        """
    }

    private var remove: HTML {
        guard profile.picture != nil else { return .empty }
        return Components.form(
            action: "/settings/profile/picture/removal", csrf: principal,
            "<p class=\"line\">\(Components.button(plain("Remove picture"), .danger))</p>")
    }

    private var form: HTML {
        Components.form(action: "/settings/profile", csrf: principal, kept: true, """
            <section class="stack" aria-labelledby="page">\(Components.sectionHead(plain("Your page"), id: "page"))\
            \(Components.field("name", plain("Your name"), in: filled, autocomplete: "name"))\
            \(Components.field("handle", plain("Handle"), in: filled, hint: handleHint, optional: plain("optional"),
                               prefix: address + "/u/"))\
            \(Components.textarea("text", plain("About you"), in: filled,
                                  hint: say("At most \(ProfileWish.longestText) characters, shown on your page."),
                                  optional: plain("optional")))\
            \(Components.checkbox("adHocLinks", plain("Visitors may book me together with colleagues"), in: filled,
                                  note: together))</section>
            <section class="stack" aria-labelledby="times">\
            \(Components.sectionHead(plain("Times and language"), id: "times"))\
            \(Components.select("timezone", plain("Your time zone"), zoneChoices, in: filled))\
            \(Components.choices("clock", plain("Clock"), [("24", plain("14:30")), ("12", plain("2:30 pm"))],
                                 in: filled))\
            \(Components.select("language", plain("Language"), spoken.map { ($0.code, $0.name) }, in: filled,
                                hint: say("Your mails are written in it. Pages follow your browser.")))\
            </section>
            <section class="stack" aria-labelledby="mails">\(Components.sectionHead(plain("Mails"), id: "mails"))\
            <p class="second">\(say("What you are told as a host. Attendees always get theirs."))</p>\
            \(matrix)</section>
            <p class="line">\(Components.button(plain("Save"), .primary))</p>
            """)
    }

    private var together: String {
        plain("""
            At \(address)/book/\(profile.wish.handle ?? plain("you"))+\(plain("colleague")), for half an hour when all \
            of you are free. Each of you must allow it.
            """)
    }

    private var handleHint: HTML {
        say("""
            The end of your page’s address, where strangers see your open links: letters a–z, digits and single \
            dashes. Left empty, you have no page. A handle you had before leads to the new one.
            """)
    }

    /// The language in disguise is for tests; only whoever has it sees it.
    private var spoken: [Language] { languages.filter { $0 != .pseudo || filled["language"] == $0.code } }

    /// A zone that the list does not have stays choosable, so that saving changes nothing else.
    private var zoneChoices: [(String, String)] {
        let typed = filled["timezone"]
        let all = zones.contains(typed) || typed.isEmpty ? zones : [typed] + zones
        return all.map { ($0, $0.replacing("_", with: " ")) }
    }

    private var matrix: HTML {
        HTML(ProfileEvent.allCases.flatMap { event in
            ProfileChannel.allCases.map { channel in
                Components.checkbox(ProfileReading.field(event, channel), event.words, in: filled)
            }
        })
    }

    package static var example: ProfileSettingsPage {
        let wish = ProfileWish(
            name: Principal.example.name, zone: "Europe/Oslo", clock: .twentyFour, language: "en", handle: "ingrid",
            text: "I look after measuring instruments.\nAsk me about calibration.",
            muted: [MutedNotice(.moved, .mail)])
        let profile = Profile(id: Principal.example.user, email: "ingrid@nordhavn.example", wish: wish)
        return ProfileSettingsPage(
            principal: .example, profile: profile, address: "https://meet.example", filled: wish.filled,
            zones: ["Europe/Oslo", "UTC"], languages: [.english, .pseudo])
    }
}

extension ProfileEvent {
    /// Beside the box of the matrix.
    fileprivate var words: String {
        switch self {
        case .booked: plain("A mail when somebody books with me")
        case .moved: plain("A mail when a booking moves to another time")
        case .cancelled: plain("A mail when a booking is cancelled")
        }
    }
}

/// `/u/<handle>`.
package struct PublicProfilePage: Page {
    let profile: PublicProfile
    let address: String

    /// Most characters of a link's description.
    private static let mostWords = 160

    package var html: HTML {
        Layout.publicPage(title: profile.name, workspaceName: profile.workspaceName, head: tags, """
            <header class="portrait-row">\(Components.portrait(profile.picture?.path, of: profile.name))\
            <div class="stack tight"><h1 class="display"><bdi>\(profile.name)</bdi></h1>\
            <p class="second"><bdi>\(profile.workspaceName.text)</bdi></p></div></header>
            \(if: !profile.text.isEmpty, then: "<p class=\"lead prose\"><bdi>\(profile.text)</bdi></p>")\
            \(links)
            """)
    }

    private var tags: HTML {
        let text = profile.text.isEmpty ? plain("Pick a time with \(profile.name).") : profile.text
        return OpenGraph.tags(
            title: profile.name, description: text,
            image: address + OpenGraph.picture(ofProfile: profile.handle).text,
            address: address + Path("/u/\(profile.handle)").text)
    }

    private var links: HTML {
        guard !profile.links.isEmpty else {
            return Components.empty(
                plain("No open times here"),
                say("\(profile.name) has no meeting that everybody can book. Ask for an address of its own."))
        }
        return """
            <section class="stack" aria-labelledby="links"><h2 id="links">\(say("Pick a meeting"))</h2>\
            <ul class="rows" role="list">\(each: profile.links, row)</ul></section>
            """
    }

    private func row(_ link: Link) -> HTML {
        let places = PlaceList.anyOf(link.rules.locations.map(\.openWords))
        let (path, target) = Frame.way(to: link.path, in: link.rules.look.origins)
        return """
            <li class="row whole"><div class="stack tight">\
            <h3><a class="row-link" href="\(path)"\(target)><bdi>\(link.rules.title)</bdi></a></h3>\
            <p class="meta third">\(link.rules.lengthWords) · <bdi>\(places)</bdi></p>\
            \(if: !link.rules.description.isEmpty, then: """
                <p class="second"><bdi>\(start(link.rules.description))</bdi></p>
                """)\
            </div>\(Components.onward)</li>
            """
    }

    /// The first lines, cut at a word.
    private func start(_ text: String) -> String {
        guard text.count > Self.mostWords else { return text }
        let cut = text.prefix(Self.mostWords)
        return String(cut[..<(cut.lastIndex { $0.isWhitespace } ?? cut.endIndex)]) + "…"
    }

    package static var example: PublicProfilePage {
        let profile = PublicProfile(
            handle: "ingrid", name: "Ingrid Aasland-Okonkwo", text: "I look after measuring instruments.",
            picture: nil, workspaceName: "Nordhavn Instruments", links: [.example])
        return PublicProfilePage(profile: profile, address: "https://meet.example")
    }
}

enum PlaceList {
    /// `A, B or C`.
    static func anyOf(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return plain("[choice] \(words.dropLast().joined(separator: ", ")) or \(last)")
    }
}

extension Components {
    /// A person's picture in a round frame, or their initials; the name stands beside it.
    static func portrait(_ picture: Path?, of name: String) -> HTML {
        guard let picture else { return avatar(name, .huge) }
        return "<img class=\"avatar huge\" src=\"\(picture)\" alt=\"\" width=\"96\" height=\"96\">"
    }
}

/// The pages on which a workspace is opened.
import Scheduling
import Web

/// Step 1: an address to prove.
struct SignUpPage: Page {
    var form = Filled.empty
    /// The address a mail went to; whether it has an account is not said.
    var asked: String?

    static var example: SignUpPage { SignUpPage() }

    var html: HTML {
        Layout.publicPage(title: plain("Open a workspace"), workspaceName: "Workestra", shape: .slim, """
            <h1 class="display">\(say("Open a workspace"))</h1>\
            \(asked.map { email in Components.banner(.notes, say("""
                A mail is on its way to \(email). Open the link in it to go on; it works for one day.
                """)) })\
            \(Components.form(action: "/sign-up", """
                \(Components.mistakes(form))\
                \(Components.field("email", plain("E-mail"), in: form, typing: .email,
                                   hint: say("A mail proves that it is yours. Nothing is made before that."),
                                   autocomplete: "username"))\
                \(Components.button(plain("Mail me a link"), .primary, wide: true))
                """))
            <p>\(Components.link(plain("Sign in instead"), to: "/sign-in", .quiet))</p>
            """)
    }
}

/// Step 2: who it is, and the name of the workspace.
struct NewWorkspacePage: Page {
    let token: String
    let email: String
    let zones: [String]
    var form: Filled
    /// Whether the zone is a guess of ours, which the script may better.
    var isGuess = false

    static var example: NewWorkspacePage {
        NewWorkspacePage(
            token: "example", email: "ingrid@nordhavn.example", zones: ["UTC"],
            form: Filled(values: ["timezone": "UTC"]))
    }

    var html: HTML {
        let options = zones.map { ($0, $0.replacing("_", with: " ")) }
        let zone = Components.select("timezone", plain("Your time zone"), options, in: form)
        return Layout.publicPage(title: plain("Open a workspace"), workspaceName: "Workestra", shape: .column, """
            <header class="stack near"><h1 class="display">\(say("Open a workspace"))</h1>\
            <p class="second lead">\(say("You will own it, and sign in as \(email)."))</p></header>\
            \(Components.form(action: Path("/sign-up/\(token)"), """
                \(Components.mistakes(form))\
                \(Components.field("workspace", plain("Name of the workspace"), in: form,
                                   hint: say("Your company or team, as bookers should read it."),
                                   autocomplete: "organization"))\
                \(Components.field("name", plain("Your name"), in: form, autocomplete: "name"))\
                \(Components.field("password", plain("Password"), in: form, typing: .password,
                                   hint: say("At least 8 characters. Three or four words in a row are a good one."),
                                   autocomplete: "new-password"))\
                \(if: isGuess, then: "<div data-here>\(zone)</div>", else: zone)\
                <div>\(Components.button(plain("Open the workspace"), .primary))</div>
                """))
            """)
    }
}

/// For somebody who has an account and wants one more workspace.
struct FurtherWorkspacePage: Page {
    let principal: Principal
    var form = Filled.empty

    static var example: FurtherWorkspacePage { FurtherWorkspacePage(principal: .example) }

    var html: HTML {
        Layout.app(title: plain("Open a further workspace"), tab: nil, principal, """
            \(Components.pageHead(
                plain("Open a further workspace"),
                say("You will own it. Your time is one: what is booked here is busy there.")))\
            \(Components.mistakes(form))\
            \(Components.form(action: "/sign-up/further", csrf: principal, """
                \(Components.field("workspace", plain("Name of the workspace"), in: form,
                                   autocomplete: "organization"))\
                <div>\(Components.button(plain("Open the workspace"), .primary))</div>
                """))
            """)
    }
}

/// Where nobody can sign up, and for links that are over.
struct SignUpClosedPage: Page {
    let message: String

    static var example: SignUpClosedPage { SignUpClosedPage(message: AccountRefusal.signUpOver.message) }

    var html: HTML {
        Layout.publicPage(title: plain("Nothing to open here"), workspaceName: "Workestra", shape: .column, """
            <header class="stack near"><h1 class="display">\(say("Nothing to open here"))</h1>\
            <p class="second lead">\(message)</p></header>\
            <p>\(Components.link(plain("Sign in"), to: "/sign-in"))</p>
            """)
    }
}

/// The pages for a forgotten password.
import Web

struct ForgotPage: Page {
    var form = Filled.empty
    /// The address a mail was asked for; whether one went out is not said.
    var asked: String?

    static var example: ForgotPage { ForgotPage(asked: "ingrid@nordhavn.example") }

    var html: HTML {
        Layout.publicPage(title: plain("Forgot the password"), workspaceName: "Workestra", shape: .slim, """
            <h1 class="display">\(say("Forgot the password"))</h1>\
            \(asked.map { email in Components.banner(.notes, say("""
                If \(email) has an account, a mail is on its way. Its link works once, for one hour.
                """)) })\
            \(Components.form(action: "/forgot-password", """
                \(Components.mistakes(form))\
                \(Components.field("email", plain("E-mail"), in: form, typing: .email, autocomplete: "username"))\
                \(Components.button(plain("Mail me a link"), .primary, wide: true))
                """))
            <p>\(Components.link(plain("Back to sign-in"), to: "/sign-in", .quiet))</p>
            """)
    }
}

struct NewPasswordPage: Page {
    let token: String
    let email: String
    var form = Filled.empty

    static var example: NewPasswordPage { NewPasswordPage(token: "example", email: "ingrid@nordhavn.example") }

    var html: HTML {
        Layout.publicPage(title: plain("Choose a new password"), workspaceName: "Workestra", shape: .slim, """
            <h1 class="display">\(say("Choose a new password"))</h1>\
            <p class="second">\(say("For \(email). Every browser that is signed in is signed out."))</p>\
            \(Components.form(action: Path("/reset-password/\(token)"), """
                \(Components.mistakes(form))\
                \(Components.field("password", plain("New password"), in: form, typing: .password,
                                   hint: say("At least 8 characters. Three or four words in a row are a good one."),
                                   autocomplete: "new-password"))\
                \(Components.button(plain("Save and sign in"), .primary, wide: true))
                """))
            """)
    }
}

struct ResetOverPage: Page {
    static var example: ResetOverPage { ResetOverPage() }

    var html: HTML {
        Layout.publicPage(title: plain("This link is over"), workspaceName: "Workestra", shape: .column, """
            <header class="stack near"><h1 class="display">\(say("This link is over"))</h1>\
            <p class="second lead">\(AccountRefusal.resetOver.message)</p></header>\
            <p>\(Components.link(plain("Mail me a new link"), to: "/forgot-password", .primary))</p>
            """)
    }
}

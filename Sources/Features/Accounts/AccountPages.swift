/// The sign-in page.
import Web

/// The form, and what went wrong with the try before.
struct SignInPage: Page {
    /// What was typed; never the password.
    var email = ""
    /// Where to go afterwards, a relative address.
    var next = ""
    /// What is so and what to do, after a try that failed.
    var refusal: String?

    static var example: SignInPage {
        SignInPage(email: "ingrid@nordhavn.example", refusal: AccountRefusal.noMatch(triesLeft: 4).message)
    }

    var html: HTML {
        let filled = Filled(values: ["email": email])
        return Layout.publicPage(title: plain("Sign in"), workspaceName: "Workestra", shape: .slim, """
            <h1 class="display">\(say("Sign in"))</h1>
            \(Components.form(action: "/sign-in", """
                \(refusal.map { Components.banner(.fails, "\($0)") })\
                \(if: !next.isEmpty, then: Components.hidden("next", next))\
                \(Components.field("email", plain("E-mail"), in: filled, typing: .email, autocomplete: "username"))\
                \(Components.field("password", plain("Password"), typing: .password,
                                   autocomplete: "current-password"))\
                \(Components.button(plain("Sign in"), .primary, wide: true))
                """))
            <p>\(Components.link(plain("Forgot the password"), to: "/forgot-password", .quiet))</p>
            """)
    }
}

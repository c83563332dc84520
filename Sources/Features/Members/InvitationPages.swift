/// The page behind the link of an invitation, and the one for links that are over.
import Scheduling
import Web

struct InvitationPage: Page {
    let token: String
    let invitation: Invitation
    let hasAccount: Bool
    let zones: [String]
    var form = Filled.empty
    /// Whether the zone is a guess of ours, which the script may better.
    var isGuess = false
    var refusal: String?

    static var example: InvitationPage {
        InvitationPage(
            token: "example", invitation: .example, hasAccount: false, zones: ["Europe/Oslo", "UTC"],
            form: Filled(values: ["timezone": "UTC"]))
    }

    var html: HTML {
        let (place, who) = (invitation.workspaceName, invitation.inviterName)
        return Layout.publicPage(title: plain("Join \(place)"), workspaceName: WorkspaceName(place), shape: .column, """
            <header class="stack near"><h1 class="display">\(say("Join \(place)"))</h1>\
            <p class="second lead">\(say("\(who) invites you as \(invitation.role.words)."))</p></header>\
            \(refusal.map { Components.banner(.fails, "\($0)") })\
            \(Components.form(action: Path("/invitation/\(token)"), hasAccount ? known : new))
            """)
    }

    private var known: HTML {
        """
        <p>\(say("\(invitation.email) has an account here. Its password lets you in."))</p>\
        \(Components.field("password", plain("Password"), in: form, typing: .password,
                           autocomplete: "current-password"))\
        <div class="line">\(Components.button(plain("Join"), .primary))\
        \(Components.link(plain("Forgot the password"), to: "/forgot-password", .quiet))</div>
        """
    }

    private var new: HTML {
        let options = zones.map { ($0, $0.replacing("_", with: " ")) }
        let zone = Components.select("timezone", plain("Your time zone"), options, in: form)
        return """
            \(Components.mistakes(form))\
            <p>\(say("You will sign in as \(invitation.email)."))</p>\
            \(Components.field("name", plain("Your name"), in: form, autocomplete: "name"))\
            \(Components.field("password", plain("Password"), in: form, typing: .password,
                               hint: say("At least 8 characters. Three or four words in a row are a good one."),
                               autocomplete: "new-password"))\
            \(if: isGuess, then: "<div data-here>\(zone)</div>", else: zone)\
            <div>\(Components.button(plain("Join"), .primary))</div>
            """
    }
}

struct InvitationOverPage: Page {
    let message: String

    static var example: InvitationOverPage { InvitationOverPage(message: MemberRefusal.invitationOver.message) }

    var html: HTML {
        Layout.publicPage(title: plain("This invitation is over"), workspaceName: "Workestra", shape: .column, """
            <header class="stack near"><h1 class="display">\(say("This invitation is over"))</h1>\
            <p class="second lead">\(message)</p></header>\
            <p>\(Components.link(plain("Sign in"), to: "/sign-in"))</p>
            """)
    }
}

/// The mails about accounts: invited, a way to a new password, the password was changed, prove an address.
import Capabilities
import Web

extension AccountLetter {
    /// Somebody is asked into a workspace.
    package static func invitation(workspace: String, inviter: String, role: String, days: Int, url: String) -> Self {
        let (place, who) = (Mailbox.cleaned(workspace), Mailbox.cleaned(inviter))
        return AccountLetter(
            subject: plain("\(who) invites you to \(place)"), sender: place,
            heading: plain("\(who) invites you to \(place)"),
            sentences: [
                plain("You would join as \(role). Open the link to say yes; nothing happens before that."),
                plain("\(days)|one:It works for one day.|other:It works for %1 days."),
            ],
            action: (plain("See the invitation"), url),
            note: plain("If you do not know \(who), do nothing: the invitation ends by itself."),
            foot: plain("\(place). You get this mail because somebody there typed your address."))
    }

    /// A way to a new password, asked for by whoever typed the address.
    package static func passwordReset(url: String) -> Self {
        AccountLetter(
            subject: plain("Choose a new password"), sender: "Workestra", heading: plain("Choose a new password"),
            sentences: [
                plain("Somebody asked for a new password for this address. The link works once, for one hour."),
            ],
            action: (plain("Choose a new password"), url),
            note: plain("If that was not you, do nothing: your password stays as it is."),
            foot: plain("Workestra. You get this mail because this address has an account."))
    }

    /// After the change; with a way back for whoever did not do it.
    package static func passwordChanged(url: String) -> Self {
        AccountLetter(
            subject: plain("Your password was changed"), sender: "Workestra",
            heading: plain("Your password was changed"),
            sentences: [plain("Every other browser that was signed in with it is signed out.")],
            action: (plain("It was not me"), url),
            note: plain("If you changed it, there is nothing to do."),
            foot: plain("Workestra. You get this mail because this address has an account."))
    }

    /// Proves an address before a workspace is made.
    package static func signUp(url: String) -> Self {
        AccountLetter(
            subject: plain("Open your workspace"), sender: "Workestra", heading: plain("Open your workspace"),
            sentences: [plain("This link proves that the address is yours. It works once, for one day.")],
            action: (plain("Go on"), url),
            note: plain("If you did not ask for it, do nothing: no workspace is made."),
            foot: plain("Workestra. You get this mail because somebody typed your address."))
    }

    /// A webhook that does not work any more; to the owners.
    package static func webhookOff(workspace: String, host: String, isGone: Bool, url: String) -> Self {
        let (place, target) = (Mailbox.cleaned(workspace), Mailbox.cleaned(host))
        return AccountLetter(
            subject: plain("The webhook to \(target) is off"), sender: place,
            heading: plain("The webhook to \(target) is off"),
            sentences: [
                isGone
                    ? plain("It answered that this address is gone. We will not call it again.")
                    : plain("Every call failed for five days. We will not call it again."),
                plain("Events of the last days are in its log; each can be sent again once it is on."),
            ],
            action: (plain("See what was answered"), url),
            note: plain("If it is not needed any more, delete it there."),
            foot: plain("\(place). You get this mail because you own this workspace."))
    }

    /// Asked to sign up with an address that has an account.
    package static func signUpKnown(url: String) -> Self {
        AccountLetter(
            subject: plain("You have an account already"), sender: "Workestra",
            heading: plain("You have an account already"),
            sentences: [plain("Somebody asked to sign up with this address. Sign in with it instead.")],
            action: (plain("Sign in"), url),
            note: plain("If that was not you, there is nothing to do."),
            foot: plain("Workestra. You get this mail because this address has an account."))
    }
}

/// What a failed delivery means: libcurl's result and the server's last reply read into a reason.
import CCurl
import Capabilities

struct SMTPReply {
    let curl: CURLcode
    /// The last reply code; 0 when the server never spoke.
    let status: Int
    let text: String

    var error: ProviderError {
        switch curl {
        case CURLE_LOGIN_DENIED: return signIn
        case CURLE_USE_SSL_FAILED:
            return ProviderError(.unavailable, "The mail server offers no STARTTLS, and mail is not sent without it.")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE:
            return ProviderError(.unavailable, "The encrypted connection to the mail server failed: \(words).")
        case CURLE_OPERATION_TIMEDOUT:
            return ProviderError(.unavailable, "The mail server did not answer in time.")
        default: return replied
        }
    }

    private var replied: ProviderError {
        switch status {
        // Only sign-in answers with these, some servers without saying that it failed.
        case 530, 534, 535, 538: signIn
        // Greylisting and quotas: the server wants to see us again later (RFC 3463, 4.7.x).
        case 400...499 where text.contains(" 4.7."): ProviderError(.limited(until: nil), text)
        case 400...499: ProviderError(.unavailable, text)
        case 500...599 where text.contains("5.7.30"): signIn
        case 500...599: ProviderError(.refused(code: status), text)
        default: ProviderError(.unavailable, "The mail server was not reached: \(words).")
        }
    }

    private var signIn: ProviderError {
        // Microsoft's answer once password sign-in has been switched off for an organisation.
        let hint = text.contains("5.7.30") ? " Basic authentication is switched off there; use a mail relay." : ""
        return ProviderError(.signInAgain, "The mail server did not accept the user name and password. \(text)\(hint)")
    }

    private var words: String {
        String(cString: curl_easy_strerror(curl))
    }
}

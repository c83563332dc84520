/// One libcurl handle with its open connection; used by one thread at a time.
import CCurl
import Capabilities

final class SMTPConnection {
    /// Some servers close after so many mails; a fresh connection costs less than a lost one.
    private static let mailsPerConnection = 50
    private static let idleSeconds = 60
    private static let started = workestra_curl_start()

    private let settings: SMTPSettings
    private let curl: UnsafeMutableRawPointer?
    /// Outlives the handle: closing it says QUIT, whose reply is written here.
    private let transfer = SMTPTransfer()
    private var mails = 0

    init(_ settings: SMTPSettings) {
        self.settings = settings
        curl = Self.started == CURLE_OK ? curl_easy_init() : nil
    }

    deinit {
        if let curl { curl_easy_cleanup(curl) }
    }

    /// Blocks until the server has taken or refused the mail, at most `settings.totalSeconds`.
    func deliver(_ message: [UInt8], from: EmailAddress, to: EmailAddress) -> Result<Receipt, ProviderError> {
        guard let curl else { return .failure(ProviderError(.unavailable, "libcurl could not be started.")) }
        transfer.begin(message)
        curl_easy_reset(curl)  // keeps the connection, forgets the last mail
        setConnection(on: curl, name: from.wireDomain)
        setCredentials(on: curl)
        let recipients = curl_slist_append(nil, "<\(to.wire)>")
        defer { curl_slist_free_all(recipients) }
        setMessage(on: curl, size: message.count, from: from, recipients: recipients)
        let code = curl_easy_perform(curl)
        mails = code == CURLE_OK ? mails + 1 : 0
        if code == CURLE_OK { return .success(Receipt(note: transfer.reply)) }
        var status = 0
        _ = workestra_curl_get_long(curl, CURLINFO_RESPONSE_CODE, &status)
        return .failure(SMTPReply(curl: code, status: status, text: transfer.reply).error)
    }

    private func setConnection(on curl: UnsafeMutableRawPointer, name: String) {
        // The path is the name we greet the server with.
        _ = workestra_curl_set_text(curl, CURLOPT_URL, "\(settings.server)/\(name)")
        _ = workestra_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        _ = workestra_curl_set_text(curl, CURLOPT_PROXY, "")  // not the proxy of the environment, it is for the web
        _ = workestra_curl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        _ = workestra_curl_set_long(curl, CURLOPT_CONNECTTIMEOUT, settings.connectSeconds)
        _ = workestra_curl_set_long(curl, CURLOPT_TIMEOUT, settings.totalSeconds)
        _ = workestra_curl_set_long(curl, CURLOPT_MAXAGE_CONN, Self.idleSeconds)
        if mails >= Self.mailsPerConnection {
            _ = workestra_curl_set_long(curl, CURLOPT_FRESH_CONNECT, 1)
            mails = 0
        }
        let encryption = settings.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
        _ = workestra_curl_set_long(curl, CURLOPT_USE_SSL, Int(encryption.rawValue))
        _ = workestra_curl_set_long(curl, CURLOPT_SSL_VERIFYPEER, 1)
        _ = workestra_curl_set_long(curl, CURLOPT_SSL_VERIFYHOST, 2)
        _ = workestra_curl_set_long(curl, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = settings.certificates { _ = workestra_curl_set_text(curl, CURLOPT_CAINFO, file) }
    }

    private func setCredentials(on curl: UnsafeMutableRawPointer) {
        guard let user = settings.user, let password = settings.password else { return }
        _ = workestra_curl_set_text(curl, CURLOPT_USERNAME, user)
        _ = workestra_curl_set_text(curl, CURLOPT_PASSWORD, password)
    }

    private func setMessage(
        on curl: UnsafeMutableRawPointer, size: Int, from: EmailAddress, recipients: UnsafeMutablePointer<curl_slist>?
    ) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        _ = workestra_curl_set_text(curl, CURLOPT_MAIL_FROM, "<\(from.wire)>")
        _ = workestra_curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)
        _ = workestra_curl_set_long(curl, CURLOPT_UPLOAD, 1)
        _ = workestra_curl_set_size(curl, CURLOPT_INFILESIZE_LARGE, curl_off_t(size))
        _ = workestra_curl_set_pointer(curl, CURLOPT_READDATA, context)
        _ = workestra_curl_set_data(curl, CURLOPT_READFUNCTION) { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            return spoken(in: context).read(into: UnsafeMutableRawPointer(buffer), atMost: size * count)
        }
        _ = workestra_curl_set_pointer(curl, CURLOPT_HEADERDATA, context)
        _ = workestra_curl_set_data(curl, CURLOPT_HEADERFUNCTION) { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            spoken(in: context).hear(UnsafeRawBufferPointer(start: buffer, count: size * count))
            return size * count
        }
    }
}

/// The mail going out and the last reply coming in.
private final class SMTPTransfer {
    private var message: [UInt8] = []
    private var sent = 0
    private var code: [UInt8] = []
    private var text: [UInt8] = []

    /// A server's reply that is longer says nothing more.
    private static let longestReply = 1_000

    /// The last reply in one line, printable.
    var reply: String {
        let line = String(decoding: text, as: UTF8.self)
        return String(String.UnicodeScalarView(line.unicodeScalars.map { $0.isControl || $0.turnsText ? " " : $0 }))
    }

    func begin(_ message: [UInt8]) {
        self.message = message
        sent = 0
        code = []
        text = []
    }

    func read(into buffer: UnsafeMutableRawPointer, atMost space: Int) -> Int {
        let count = min(space, message.count - sent)
        message.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { buffer.copyMemory(from: start + sent, byteCount: count) }
        }
        sent += count
        return count
    }

    /// One line such as `250-8BITMIME` or `550 5.1.1 no such mailbox`; lines of one reply are joined.
    func hear(_ line: UnsafeRawBufferPointer) {
        let words = line.prefix { $0 != 0x0D && $0 != 0x0A }
        // The answer to QUIT, which follows a refusal: the refusal is what counts.
        if words.starts(with: "221".utf8) { return }
        if Array(words.prefix(3)) != code {
            code = Array(words.prefix(3))
            text = code
        }
        guard text.count < Self.longestReply else { return }
        text += [0x20] + words.dropFirst(4).prefix(Self.longestReply)
    }
}

private func spoken(in context: UnsafeMutableRawPointer) -> SMTPTransfer {
    Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
}

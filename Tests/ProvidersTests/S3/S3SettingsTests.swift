/// The settings of a bucket: the forms they have, and each way they can be wrong.
import Testing

@testable import Providers

@Suite("A bucket's settings")
struct S3SettingsTests {
    private static let own = [
        "S3_ENDPOINT": "http://127.0.0.1:9000", "S3_BUCKET": "files", "S3_ACCESS_KEY_ID": "KEY",
        "S3_SECRET_ACCESS_KEY": "sEcRet/+=",
    ]

    private func mistake(_ more: [String: String?]) -> String? {
        do throws(S3SettingsProblem) {
            _ = try S3Settings(Self.merged(more))
            return nil
        } catch {
            return error.message
        }
    }

    private static func merged(_ more: [String: String?]) -> [String: String] {
        own.merging(more.mapValues { $0 ?? "" }) { $1 }
    }

    private func settings(_ more: [String: String?] = [:]) throws -> S3Settings {
        try #require(try S3Settings(Self.merged(more)))
    }

    @Test("none means the data folder, and another program's settings mean nothing")
    func none() throws {
        #expect(try S3Settings([:]) == nil)
        #expect(try S3Settings(["S3_BUCKET": "", "WORKESTRA_DATA": "/d", "S3_OTHER": "x"]) == nil)
    }

    @Test("stand for one address")
    func address() throws {
        #expect(try settings().description == "http://127.0.0.1:9000/files/")
        #expect(try settings(["S3_PREFIX": "workestra/files"]).description
            == "http://127.0.0.1:9000/files/workestra/files/")
        #expect(try settings(["S3_PREFIX": "a.b/"]).prefix == "a.b/")
        #expect(try settings(["S3_ENDPOINT": "https://S3.example.org:443/"]).authority == "s3.example.org")
        #expect(try settings(["S3_ENDPOINT": "http://[::1]:9000"]).authority == "[::1]:9000")
        #expect(try settings(["S3_ENDPOINT": "http://[::1]:9000"]).host == "::1")
        #expect(try settings().host == "127.0.0.1")
        #expect(try settings().region == "us-east-1")
        let styled = try settings(["S3_ENDPOINT": "https://s3.example.org", "S3_ADDRESSING": "host"])
        #expect(styled.description == "https://files.s3.example.org/" && styled.host == "files.s3.example.org")
    }

    @Test("without an endpoint are AWS's, the bucket in front where a certificate covers that")
    func amazon() throws {
        let more = ["S3_ENDPOINT": nil, "S3_REGION": "eu-central-1"] as [String: String?]
        #expect(try settings(more).description == "https://files.s3.eu-central-1.amazonaws.com/")
        #expect(try settings(more.merging(["S3_BUCKET": "our.files"]) { $1 }).description
            == "https://s3.eu-central-1.amazonaws.com/our.files/")
        #expect(mistake(["S3_ENDPOINT": nil])?.contains("S3_REGION") == true)
    }

    @Test("are refused when half of them are set, by name")
    func half() {
        for name in ["S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] {
            #expect(mistake([name: nil])?.contains("\(name) must be set") == true)
        }
        #expect(mistake(["S3_BUCKET": nil, "S3_ACCESS_KEY_ID": nil])?.contains("S3_BUCKET and S3_ACCESS") == true)
        #expect(mistake(["S3_PREFX": "a"])?.contains("S3_PREFX") == true)
    }

    @Test("are refused where they make no sense, and no words tell the secret", arguments: [
        ("S3_ENDPOINT", "s3.example.org"), ("S3_ENDPOINT", "ftp://s3.example.org"), ("S3_ENDPOINT", "https://"),
        ("S3_ENDPOINT", "https://a:b@s3.example.org"), ("S3_ENDPOINT", "https://s3.example.org/files"),
        ("S3_ENDPOINT", "https://s3.example.org?x"), ("S3_ENDPOINT", "https://s3.example.org:0"),
        ("S3_ENDPOINT", "http://s3.example.org"), ("S3_ENDPOINT", "http://8.8.8.8"), ("S3_ENDPOINT", "http://127.1"),
        ("S3_BUCKET", "Files"), ("S3_BUCKET", "a"), ("S3_BUCKET", "a/b"), ("S3_BUCKET", "a..b"), ("S3_BUCKET", "-ab"),
        ("S3_BUCKET", String(repeating: "a", count: 64)), ("S3_REGION", "eu central"), ("S3_REGION", "a/b"),
        ("S3_ACCESS_KEY_ID", "a b"), ("S3_ACCESS_KEY_ID", "a/b"), ("S3_ACCESS_KEY_ID", "ü"),
        ("S3_SECRET_ACCESS_KEY", "sEcRet /+="), ("S3_PREFIX", "/a"), ("S3_PREFIX", "a//b"), ("S3_PREFIX", "a/../b"),
        ("S3_PREFIX", "ä"), ("S3_PREFIX", String(repeating: "a", count: 300)), ("S3_ADDRESSING", "both"),
    ])
    func wrong(name: String, value: String) {
        let told = mistake([name: value])
        #expect(told?.contains(name) == true, "\(told ?? "nothing")")
        #expect(told?.contains("sEcRet") == false)
    }

    @Test("take plain http to machines of one's own network", arguments: [
        "http://localhost:9000", "http://minio:9000", "http://10.1.2.3", "http://192.168.0.9:80", "http://store.lan",
        "http://[fd00::1]:9000", "http://store.internal",
    ])
    func near(endpoint: String) {
        #expect(mistake(["S3_ENDPOINT": endpoint]) == nil)
    }
}

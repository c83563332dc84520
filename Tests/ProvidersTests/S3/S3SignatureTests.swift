/// The signature, by the examples that AWS has published with their results.
import Capabilities
import Foundation
import Scheduling
import Testing

@testable import Providers

@Suite("S3's signature")
struct S3SignatureTests {
    private static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func signed(
        _ method: String, _ path: String, _ query: [(name: String, value: String)] = [],
        _ more: [(String, String)] = [], payload: String = nothing
    ) throws -> String {
        let signature = S3Signature(
            keyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1")
        let now = try #require(Instant(rfc3339: "2013-05-24T00:00:00Z"))
        let headers = more + [
            ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", payload),
            ("x-amz-date", S3Signature.time(now)),
        ]
        return signature.authorization(
            method, path: S3Signature.encoded(path, keeping: "/"), query: S3Signature.query(query),
            headers: headers.map { HTTPHeader($0.0, $0.1) }, payload: payload, at: now)
    }

    @Test("is AWS's own for a part of an object")
    func part() throws {
        #expect(try signed("GET", "/test.txt", [], [("Range", "bytes=0-9")]) == """
            AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
            SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
            Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41
            """)
    }

    @Test("is AWS's own for an object that is written")
    func written() throws {
        let payload = S3Signature.hash(Array("Welcome to Amazon S3.".utf8))
        #expect(payload == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        let headers = [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        #expect(try signed("PUT", "/test$file.text", [], headers, payload: payload).hasSuffix("""
            SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, \
            Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd
            """))
    }

    @Test("is AWS's own for a bucket's rules and its list")
    func bucket() throws {
        #expect(try signed("GET", "/", [("lifecycle", "")]).hasSuffix(
            "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
        #expect(try signed("GET", "/", [("prefix", "J"), ("max-keys", "2")]).hasSuffix(
            "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    @Test("is that of AWS's general suite", arguments: [
        ("/", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("/", [("Param2", "value2"), ("Param1", "value1")],
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ("/ሴ", [], "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    ] as [(String, [(String, String)], String)])
    func suite(path: String, query: [(String, String)], result: String) throws {
        var signature = S3Signature(
            keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1")
        signature.service = "service"
        let now = try #require(Instant(rfc3339: "2015-08-30T12:36:00Z"))
        let text = signature.authorization(
            "GET", path: S3Signature.encoded(path, keeping: "/"),
            query: S3Signature.query(query.map { (name: $0.0, value: $0.1) }),
            headers: [HTTPHeader("x-amz-date", S3Signature.time(now)), HTTPHeader("Host", "example.amazonaws.com")],
            payload: Self.nothing, at: now)
        #expect(text.hasSuffix("Signature=\(result)"))
    }

    @Test("encodes whatever could be read in two ways")
    func encoding() {
        #expect(S3Signature.encoded("a/b c~d_e-f.g+h=ü") == "a%2Fb%20c~d_e-f.g%2Bh%3D%C3%BC")
        #expect(S3Signature.encoded("a/b c", keeping: "/") == "a/b%20c")
        #expect(S3Signature.query([("b", "/"), ("a", "&"), ("b-c", "")]) == "a=%26&b-c=&b=%2F")
    }
}

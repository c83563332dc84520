/// What a store answers: read as it is meant, whatever names are in it, and nothing of what is broken.
import Scheduling
import Testing

@testable import Providers

@Suite("S3's answers")
struct S3DocumentTests {
    private func read(_ text: String) -> S3Document? { S3Document(Array(text.utf8)) }

    @Test("give the texts of their elements by path, those of one object together")
    func leaves() throws {
        let document = try #require(read("""
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>files</Name><Prefix/>
            <Contents><Key>one</Key><Owner><ID>1</ID></Owner></Contents>
            <Contents><Key>two</Key></Contents></ListBucketResult>
            """))
        #expect(document["ListBucketResult/Name"] == "files")
        #expect(document["ListBucketResult/Contents/Owner/ID"] == "1")
        #expect(document["ListBucketResult/Contents"] == nil && document["ListBucketResult/Prefix"] == nil)
        let keys = document.leaves.filter { $0.path.hasSuffix("/Key") }
        #expect(keys.map(\.text) == ["one", "two"] && keys[0].group != keys[1].group)
    }

    @Test("may hold names made to be misread", arguments: [
        ("&lt;/Key&gt;", "</Key>"), ("&amp;amp;", "&amp;"), ("&quot;&apos;", "\"'"), ("&#x41;&#66;", "AB"),
        ("&#x110000;", "&#x110000;"), ("&unknown;", "&unknown;"), ("a & b", "a & b"), ("&", "&"),
        ("\u{338}>", "\u{338}>"), ("a\u{301}", "a\u{301}"), ("\n\r\t", "\n\r\t"), ("&#0;", "\0"),
    ])
    func names(written: String, meant: String) throws {
        #expect(try #require(read("<A><Key>\(written)</Key></A>"))["A/Key"].map { Array($0.utf8) } == Array(meant.utf8))
    }

    @Test("are none when they are broken, or have a document type", arguments: [
        "", "Welcome", "<html>", "<A><B>x</A></B>", "<A><B>x</B>", "<A><B>x</B></A", "<!DOCTYPE A><A><B>x</B></A>",
        "<A><![CDATA[x]]></A>", "<A><B>x</C></A>", "</A>", "<A><A><A><A><A><A><A><A><A>x", "<A></A><B>x",
    ])
    func broken(text: String) {
        #expect(read(text) == nil || read(text)?["A/B"] == nil)
    }

    @Test("are dated, and what is no date is none")
    func dates() {
        #expect(Instant(httpDate: "Wed, 21 Oct 2015 07:28:00 GMT")?.rfc3339() == "2015-10-21T07:28:00Z")
        for text in [
            "", "Wed, 21 Oct 2015 07:28:00", "Wed, 21 Okt 2015 07:28:00 GMT", "Wed, 31 Feb 2015 07:28:00 GMT",
            "Wed, 21 Oct 2015 25:28:00 GMT", "Wednesday, 21-Oct-15 07:28:00 GMT", "Wed, 1 Oct 2015 07:28:00 GMT",
        ] {
            #expect(Instant(httpDate: text) == nil, "\(text)")
        }
    }
}

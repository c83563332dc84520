/// Tests of what other websites fetch from us.

import Testing
@testable import Web

@Suite struct PackageFilesTests {
    let fixture = SiteFixture()

    @Test("the script stands under one address, is asked about again, and may be loaded by anybody")
    func servesScript() async throws {
        let answer = await fixture.get("/embed.js")
        #expect(answer.status == 200 && answer[header: "content-type"] == "text/javascript; charset=utf-8")
        #expect(answer[header: "cross-origin-resource-policy"] == "cross-origin")
        #expect(answer[header: "access-control-allow-origin"] == "*")
        #expect(answer.text.contains("workestra-booking"))
        let tag = try #require(answer[header: "etag"])
        for asked in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let again = await fixture.get("/embed.js", headers: ["If-None-Match": asked])
            #expect(again.status == 304 && again.body.isEmpty && again[header: "etag"] == tag, "\(asked)")
        }
        #expect(await fixture.get("/embed.js", headers: ["If-None-Match": "\"other\""]).status == 200)
        let small = await fixture.get("/embed.js", headers: ["Accept-Encoding": "gzip"])
        #expect(small[header: "content-encoding"] == "gzip" && small.body.count < answer.body.count)
    }

    @Test("each package is a file of its version, and no other name is one")
    func servesPackages() async throws {
        for package in ["angular", "core", "embed", "react", "react-native"] {
            let name = try #require(PackageFiles.shared.newest(package))
            #expect(name.wholeMatch(of: /workestra-(.+)-\d+\.\d+\.\d+\.tgz/)?.output.1 == Substring(package))
            let answer = await fixture.get("/packages/\(name)")
            #expect(answer.status == 200 && answer.body.starts(with: [0x1f, 0x8b]), "\(name)")
            #expect(answer[header: "content-type"] == "application/gzip" && answer[header: "content-encoding"] == nil)
        }
        for name in ["embed.js", "workestra-core-9.9.9.tgz", "..%2fembed.js", "x.tgz"] {
            #expect(await fixture.get("/packages/\(name)").status == 404, "\(name)")
        }
    }

    @Test("the newest version is found by its numbers, and none of another package")
    func findsNewest() {
        let names = ["react-9.0.0", "react-10.0.0", "react-native-11.0.0", "react-x.0.0", "core-1.0.0"]
        let files = PackageFiles(names.map { PublicFiles.File(name: "packages/workestra-\($0).tgz", bytes: [1]) })
        #expect(files.newest("react") == "workestra-react-10.0.0.tgz")
        #expect(files.newest("core") == "workestra-core-1.0.0.tgz" && files.newest("embed") == nil)
    }
}

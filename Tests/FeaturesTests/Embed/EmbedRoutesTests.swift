/// “Share and embed”: what is copied is right, and leads where it says.
import Database
import Fakes
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct EmbedRoutesTests {
    @Test("a link's snippets name its page; the preview is the page itself", arguments: Engine.all)
    func link(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let page = await ada.get("/settings/booking-links/\(stage.link.id)/embed")
            #expect(page.status == 200 && page.text.contains("No website may show this page yet"))
            #expect(page.text.contains("&lt;workestra-booking page=&quot;book/intro&quot;&gt;"))
            #expect(page.text.contains("&lt;script src=&quot;http://meet.example/embed.js&quot; async&gt;"))
            #expect(page.text.contains("script-src http://meet.example; frame-src http://meet.example"))
            #expect(page.text.contains("<workestra-booking page=\"book/intro\"><a href=\"/book/intro\">"))
            #expect(page.text.contains("/packages/workestra-react-1.0.0.tgz"))
            #expect(!page.text.contains("workestra-react-native"))
            #expect(page[header: "content-security-policy"]?.contains("frame-src 'self'") == true)
            // Of nobody else.
            #expect(await ada.asked(by: "bob").get("/settings/booking-links/\(stage.link.id)/embed").status == 404)
            #expect(await ada.asked(by: "eve").get("/settings/booking-links/\(stage.link.id)/embed").status == 403)
            #expect(await ada.get("/settings/booking-links/lnk_x/embed").status == 404)
        }
    }

    @Test("a title cannot leave the snippet it stands in")
    func escapes() throws {
        let snippets = EmbedSnippets(
            address: "https://meet.example", path: "/book/intro", label: "</a><script>alert(1)</script>")
        #expect(!snippets.inline.contains("<script>alert") && snippets.inline.contains("&lt;/a&gt;"))
        #expect(snippets.popUp.contains("page=\"book/intro\" layout=\"popup\">"))
        #expect(snippets.button.contains("layout=\"button\""))
        let host = "https://meet.example"
        #expect(snippets.policy == "script-src \(host); frame-src \(host)")
    }

    @Test("a routing form is shown by its own sites, leads on in the frame, or beside it", arguments: Engine.all)
    func form(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let site = "https://shop.example"
            let frame = ["embed": "1", "origin": site]
            let link = try await stage.makeLink("framed") { $0.look.origins = [SiteOrigin(site)].compactMap(\.self) }
            for (target, isInside) in [(link.id, true), (stage.link.id, false)] {
                let (world, scope) = (stage.installation.world, stage.scope)
                var form = RoutingForm(id: world.id(), owner: stage.ada, title: "Who?")
                form.fallback = .link(target)
                form.origins = [SiteOrigin(site)].compactMap(\.self)
                let made = form
                try await stage.database.write(scope) { tx in
                    try RoutingFormStore.insert(made, now: world.now, scope: scope, in: tx)
                }
                let visitor = try Visitor(stage)
                let page = await visitor.get("\(form.path.text)?embed=1&origin=\(site)&utm_source=shop")
                #expect(page[header: "content-security-policy"]?.hasSuffix("frame-ancestors \(site)") == true)
                #expect(page.text.contains("data-frame=\"\(form.id)\"") && page.field("origin") == site)
                let sent = await visitor.post("\(form.path.text)/responses", frame.merging([
                    "form": page.field("form") ?? "", "utm_source": "shop",
                ]) { $1 })
                if isInside {
                    #expect(sent.status == 303 && sent.location.hasPrefix("/book/framed?"), "\(sent.text)")
                    #expect(sent.location.contains("embed=1") && sent.location.contains("utm_source=shop"))
                } else {
                    #expect(sent.status == 200 && sent.text.contains("target=\"_blank\""))
                }
                // Left open until its form is over, it begins anew where it stands.
                let late = await visitor.post("\(form.path.text)/responses", frame.merging(["form": "old"]) { $1 })
                #expect(late.location.hasPrefix("\(form.path.text)?embed=1&origin="), "\(late.location)")
                let ada = try Visitor(stage, who: "ada")
                let share = await ada.get("\(form.settings.text)/embed")
                #expect(share.status == 200 && share.text.contains("page=&quot;form/\(form.id)&quot;"))
                #expect(share.text.contains("<bdi dir=\"ltr\">\(site)</bdi>"))
                #expect(await ada.get("\(form.settings.text)").text.contains(site))
            }
        }
    }

    @Test("a host's page is shown by whoever may show one of its links, and each link by its own list",
          arguments: Engine.all)
    func profile(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let site = "https://shop.example"
            _ = try await stage.makeLink("framed") { $0.look.origins = [SiteOrigin(site)].compactMap(\.self) }
            let (workspace, ada) = (stage.workspace, stage.ada)
            try await stage.database.writeUnscoped { tx in
                _ = try tx.run("UPDATE account SET handle = 'ada', profile_workspace = \(workspace) WHERE id = \(ada)")
            }
            let visitor = try Visitor(stage)
            let page = await visitor.get("/u/ada?embed=1&origin=\(site)")
            #expect(page[header: "content-security-policy"]?.hasSuffix("frame-ancestors \(site)") == true)
            #expect(page.text.contains("href=\"/book/framed?embed=1&amp;origin="))
            #expect(page.text.contains("href=\"/book/intro\" target=\"_blank\" rel=\"noopener\""))
        }
    }
}

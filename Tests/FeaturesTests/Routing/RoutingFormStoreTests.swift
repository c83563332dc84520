/// What the database gives back of a routing form (`RoutingFormStore`): all of it, whatever it leads to.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct RoutingFormStoreTests {
    @Test("a form is read as it was written, with every kind of end, and once for each version", arguments: Engine.all)
    func whole(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (world, scope) = (stage.installation.world, stage.scope)
            var form = RoutingForm.example
            (form.id, form.owner, form.createdAt) = (world.id(), stage.ada, world.now)
            let url = try #require(WebURL("https://example.com/jobs"))
            let message = RouteMessage(heading: "So", text: "Two\nlines", buttonLabel: "On", buttonURL: url)
            let ends: [RouteAction] = [
                .link(stage.link.id), .member(stage.bob, on: nil), .member(stage.ada, on: stage.link.id),
                .message(message), .url(url), .owner(.salesforce, on: stage.link.id), .owner(.hubspot, on: nil),
            ]
            let plain = form.routes[0]
            form.routes = ends.map { end in
                var route = plain
                (route.action, route.join, route.name) = (end, .any, "“\(end.kind.rawValue)”")
                if end.link != nil { route.freeWithin = 7 }
                return route
            }
            form.nameQuestion = form.questions[0].id
            form.origins = [try #require(SiteOrigin("https://www.example.org"))]
            form.samples = [FormSample(name: "One", answers: [
                Answered(question: form.questions[0].id, label: "x", value: "a\nb", kind: .multiSelect),
            ])]
            let wanted = form
            let read = try await stage.database.write(scope) { tx in
                try RoutingFormStore.insert(wanted, now: world.now, scope: scope, in: tx)
                return try RoutingFormStore.find(wanted.id, scope: scope, in: tx)
            }
            #expect(read == wanted)
            let (first, second, elsewhere) = try await stage.database.write(scope) { tx in
                (
                    try RoutingFormStore.update(wanted, now: world.now, scope: scope, in: tx),
                    try RoutingFormStore.update(wanted, now: world.now, scope: scope, in: tx),
                    try RoutingFormStore.all(after: wanted.id, scope: scope, in: tx)
                )
            }
            #expect(first && !second && elsewhere.isEmpty)
        }
    }
}

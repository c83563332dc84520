/// Routing forms over time: many responses as one file, a response led elsewhere, an owner who leaves.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Routing forms over time")
struct FormKeepingTests {
    private func made(_ stage: Stage, by owner: ID<User>? = nil) async throws -> RoutingForm {
        var form = RoutingForm(id: stage.world.id(), owner: owner ?? stage.ada, title: "Who is right for you?")
        form.questions = [Question(id: stage.world.id(), kind: .text, label: "Your name", required: true)]
        form.fallback = RoutingForm.example.fallback
        let (scope, now, kept) = (stage.adas, stage.world.now, form)
        try await stage.database.write(scope) { try RoutingFormStore.insert(kept, now: now, scope: scope, in: $0) }
        return form
    }

    private func answer(_ form: RoutingForm, _ name: String, _ stage: Stage) async throws -> FormResponse {
        let response = FormResponse(
            id: stage.world.id(), form: form.id,
            answers: [Answered(question: form.questions[0].id, label: "Your name", value: name)], route: nil,
            action: form.fallback, createdAt: stage.world.now)
        let scope = stage.scope
        #expect(try await stage.database.write(scope) { tx in
            try FormResponseStore.insert(response, key: response.id.text, scope: scope, in: tx)
        })
        return response
    }

    @Test("the file has every response, however many there are", arguments: Engine.all)
    func file(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let form = try await made(stage)
            for number in 0..<(2 * FormCSV.portion + 1) { _ = try await answer(form, "Number \(number)", stage) }
            let ada = try Visitor(stage, who: "ada")
            let lines = await ada.get("/settings/routing-forms/\(form.id)/responses.csv").text.split(separator: "\r\n")
            let names = Set(lines.dropFirst().compactMap { $0.split(separator: ",").last.map(String.init) })
            #expect(lines.count == 2 * FormCSV.portion + 2)
            #expect(names == Set((0..<(2 * FormCSV.portion + 1)).map { "Number \($0)" }))
        }
    }

    @Test("a response led elsewhere stands in the log, once for each time", arguments: Engine.all)
    func led(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let form = try await made(stage)
            let response = try await answer(form, "Ben", stage)
            let ada = try Visitor(stage, who: "ada")
            let path = "/settings/routing-forms/\(form.id)/responses/\(response.id)/route"
            for _ in 0..<2 {
                #expect(await ada.post(path, ["csrf": "csrf-ada", "linkId": stage.link.id.text]).status == 303)
            }
            let scope = stage.scope
            let rows = try await stage.database.read(scope) { tx in
                try AuditStore.rows(AuditFilter(), scope: scope, in: tx).filter { $0.action == .responseLed }
            }
            #expect(rows.map(\.targetName) == ["Who is right for you?, to \(stage.link.rules.title)"])
        }
    }

    @Test("the form of somebody who left is theirs who saves it next", arguments: Engine.all)
    func owner(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let fay = try await stage.member("Fay Free").account.id
            let form = try await made(stage, by: fay)
            let ada = try Visitor(stage, who: "ada")
            let path = "/api/v1/routing-forms/\(form.id)"
            func owner() async throws -> ID<User>? {
                let scope = stage.scope
                return try await stage.database.read(scope) { tx in
                    try RoutingFormStore.find(form.id, scope: scope, in: tx)?.owner
                }
            }
            #expect(await ada.call("PATCH", path, ["title": "Other"]).status == 200)
            #expect(try await owner() == fay, "an admin's change takes nothing from whoever works here")
            let principal = Principal(
                kind: .session, workspace: stage.workspace, workspaceName: "Nordhavn", user: stage.ada, name: "Ada",
                permissions: Permission.granted(to: .owner))
            try await ChangeMember(stage.installation).remove(fay, by: principal, from: .console)
            #expect(await ada.asked(by: nil).get("/form/\(form.id)").status == 200)
            #expect(await ada.call("PATCH", path, ["title": "Third"]).status == 200)
            #expect(try await owner() == stage.ada)
        }
    }
}

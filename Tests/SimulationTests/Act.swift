/// What somebody may do in a step, and how often it comes up.
import Database
import Scheduling
import Web

@testable import Features

enum Act: String, CaseIterable, Sendable {
    // Visitors, attendees and those who wait or call.
    case book, hold, holdMove, submit, release, again, forge, move, cancel, correct, remind, guests, answer
    case askCode, typeCode, meetSeveral, pickKept
    // Hosts and admins.
    case wait, takePlace, quit, ring, hangUp, leaveWords
    case propose, takeBack, hostMove, hostCancel, moveAll, cancelAll, movePart, cancelPart
    case decide, tap, reassign, out, leave, noShow, undo
    case offerPlace, takeCall, passCall, block
    case openEditor, saveEditor, tell, hours, away, back, member, keepTimes, letGo
    // Those who act for somebody, and who says so.
    case assist, nameAssistant, stopAssistant
    // Workers.
    case claim, work, end, errands, renew, stall, wake, kill
    // The clock, the machine and its housekeeping.
    case leap, freeze, mail, tidy, restart, fault
    /// Only under tampering.
    case careless

    /// Who does it.
    var role: String {
        switch self {
        case .book, .hold, .submit, .release, .again, .forge, .ring, .hangUp, .leaveWords, .askCode, .typeCode,
            .meetSeveral, .pickKept:
            "visitors"
        case .holdMove, .move, .cancel, .correct, .remind, .guests, .answer: "attendees"
        case .wait, .takePlace, .quit: "those who wait"
        case .assist, .nameAssistant, .stopAssistant: "assistants"
        case .claim, .work, .end, .errands, .renew, .stall, .wake, .kill: "workers"
        case .leap, .freeze, .mail, .tidy, .restart, .fault, .careless: "the machine"
        default: "hosts"
        }
    }

    static let usual: [(weight: Int, what: Act)] = [
        (14, .book), (3, .askCode), (4, .typeCode), (3, .meetSeveral),
        (6, .hold), (2, .holdMove), (7, .submit), (1, .release), (5, .again), (1, .forge), (6, .move),
        (5, .cancel), (3, .correct), (3, .remind), (3, .guests), (4, .decide), (3, .tap), (4, .reassign),
        (7, .propose), (1, .takeBack), (6, .answer),
        (14, .wait), (6, .takePlace), (2, .quit), (2, .offerPlace), (4, .ring), (2, .leaveWords), (1, .takeCall),
        (2, .out), (1, .leave), (1, .block), (2, .hostMove), (2, .hostCancel), (3, .moveAll), (1, .cancelAll),
        (4, .movePart),
        (2, .cancelPart), (2, .noShow), (2, .undo),
        (2, .openEditor), (2, .saveEditor), (1, .tell), (1, .hours), (1, .away), (1, .back), (1, .member),
        (4, .keepTimes), (1, .letGo), (5, .pickKept), (8, .assist), (3, .nameAssistant), (1, .stopAssistant),
        (10, .claim), (12, .work), (12, .end), (6, .errands),
        (2, .renew), (2, .stall), (3, .wake), (2, .kill), (3, .leap),
        (1, .freeze), (5, .mail), (1, .tidy), (1, .restart), (3, .fault),
    ]

    /// A ledger without its rule would keep the program from starting again.
    static let withCareless = usual.filter { $0.what != .restart } + [(30, .careless)]

    /// What a fault may strike: something that writes in one transaction.
    static let struck: [(weight: Int, what: Act)] = [
        (4, .book), (2, .submit), (2, .move), (2, .cancel), (1, .correct), (1, .hold), (1, .noShow), (1, .tell),
        (2, .end), (1, .remind), (1, .guests), (2, .decide), (2, .reassign), (2, .propose), (2, .answer),
        (1, .moveAll), (1, .cancelAll), (2, .movePart), (1, .cancelPart),
        (2, .wait), (1, .takePlace), (1, .quit), (2, .offerPlace), (1, .ring), (1, .takeCall), (1, .leaveWords),
        (1, .askCode), (1, .meetSeveral), (2, .keepTimes), (2, .pickKept), (1, .letGo), (2, .assist),
        (1, .nameAssistant), (1, .stopAssistant),
    ]

    /// What comes up every other time while somebody calls: a minute is short.
    static let ringing: [(weight: Int, what: Act)] = [
        (6, .takeCall), (2, .passCall), (1, .hangUp), (1, .ring), (1, .book), (1, .away), (1, .fault),
    ]
}

extension Simulation {
    private func did(_ act: Act) { trace.acts[act.rawValue, default: 0] += 1 }

    func perform(_ act: Act) async throws -> String {
        did(act)
        return switch act {
        case .book, .hold, .holdMove, .submit, .release, .again, .forge, .careless: try await visit(act)
        case .askCode: try await askCode()
        case .typeCode: try await typeCode()
        case .meetSeveral: try await meetSeveral()
        case .pickKept: try await pickKept()
        case .keepTimes: try await keepTimes()
        case .letGo: try await letGo()
        case .assist: try await assist()
        case .nameAssistant: try await nameAssistant()
        case .stopAssistant: try await stopAssistant()
        case .move, .cancel, .correct, .remind, .guests, .answer: try await attend(act)
        case .wait, .takePlace, .quit, .offerPlace: try await waitInLine(act)
        case .ring, .hangUp, .leaveWords, .takeCall, .passCall: try await call(act)
        case .propose, .takeBack, .hostMove, .hostCancel, .moveAll, .cancelAll, .movePart, .cancelPart, .decide, .tap,
            .reassign, .out, .leave, .block, .noShow, .undo, .openEditor, .saveEditor, .tell, .hours, .away, .back,
            .member:
            try await host(act)
        case .claim, .work, .end, .errands, .renew, .stall, .wake, .kill: try await toil(act)
        case .leap, .freeze, .mail, .tidy, .restart, .fault: try await shake(act)
        }
    }

    /// What became of a call: its result, a refusal, or a fault that was made on purpose. Anything else is a finding.
    func outcome<T>(_ call: () async throws -> T) async throws -> Result<T, Refused> {
        do {
            return .success(try await call())
        } catch let refusal as any Refusal {
            return .failure(Refused(refusal: refusal))
        } catch is AssistantStopped {
            return .failure(Refused(refusal: nil, isStopped: true))
        } catch where Fault.caused(error) {
            return .failure(Refused(refusal: nil))
        } catch {
            findings.append("\(error)")
            return .failure(Refused(refusal: nil))
        }
    }
}

/// That somebody was refused; nil by a fault, or since they act for somebody no more.
struct Refused: Error {
    let refusal: (any Refusal)?
    var isStopped = false

    var words: String {
        refusal.map { "refused, \($0.code): \($0.message)" } ?? (isStopped ? "stopped" : "broken off")
    }
}

/// Runs the engine on one scenario so often: `enginebench ZONEINFO FILE RUNS`. Reading is not part of the runs.

import Foundation
import Scheduling

/// The part that is counted; a name of its own, so that valgrind can begin and end there.
@inline(never)
func engineAnswer(_ question: borrowing SlotQuestion) -> Int { question.slots().count }

let arguments = CommandLine.arguments
guard arguments.count == 4, let runs = Int(arguments[3]), runs > 0,
    let json = FileManager.default.contents(atPath: arguments[2])
else {
    print("usage: enginebench ZONEINFO FILE RUNS")
    exit(2)
}
let zones = Zones.standard(environment: ["WORKESTRA_ZONEINFO": arguments[1]], dataFolder: "")
guard let question = try Scenario.read(Array(json), zones: zones).first?.question else { exit(2) }
var (times, slots) = ([Duration](), 0)
for _ in 0..<runs {
    times.append(ContinuousClock().measure { slots = engineAnswer(question) })
}
let median = times.sorted()[runs / 2].components.attoseconds / 1_000_000_000
print("{\"slots\":\(slots),\"runs\":\(runs),\"median_ns\":\(median)}")

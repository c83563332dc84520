/// Answers of a given size: what an answer of the product is compared with when its cost is measured.
import Database
import Features
import Scheduling
import Web

enum MeasuringRoutes {
    private static let sizes = 2...1_048_576

    /// `/dev/bytes/20000` is 20,000 bytes of JSON; with `?workspace=` after one question by a primary key.
    static func routes(_ database: Database) -> [Route] {
        let lookUps = LookUps(database: database)
        return [
            Route(.get, "/dev/bytes/:count", .loopback) { request in
                guard let count = Int(try request.parameter("count")), sizes.contains(count) else {
                    throw Common.notFound
                }
                if let workspace = request.query["workspace"].flatMap(ID<Workspace>.init) {
                    guard try await lookUps.mode(of: workspace) != nil else { throw Common.notFound }
                }
                let quote = UInt8(ascii: "\"")
                return .json([quote] + [UInt8](repeating: UInt8(ascii: "x"), count: count - 2) + [quote])
            }
        ]
    }
}

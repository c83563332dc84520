// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

/// A target of this package in Swift 6 mode.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test target; every one may use the shared fakes.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "workestra",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "workestra", targets: ["Server"])],
    dependencies: [
        // HTTP server. swift-nio is pinned past CVE-2026-28980.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // HTTP/1 response compression.
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        // SQLite with a WAL pool, raw SQL only.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Requests outward, behind the egress guard.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // AES-GCM, SHA-256, HMAC.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Graceful start and stop.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ"),
        .systemLibrary(name: "CSodium"),
        .systemLibrary(name: "CCurl"),
        .target(name: "CPublic"),
        module("Scheduling"),
        module("ICalendar", ["Scheduling"]),
        module("Capabilities", ["Scheduling"]),
        module("Database", [
            "Scheduling", "CLibPQ",
            .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ]),
        module("Web", [
            "Scheduling", "CPublic",
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "Logging", package: "swift-log"),
        ]),
        module("Providers", [
            "Capabilities", "ICalendar", "Scheduling", "CCurl",
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "NIOCore", package: "swift-nio"),
        ]),
        module("Features", [
            "Scheduling", "ICalendar", "Capabilities", "Database", "Web", "CSodium",
            .product(name: "Crypto", package: "swift-crypto"),
        ]),
        .executableTarget(name: "Server", dependencies: [
            "Features", "Providers", "CSodium",
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ], swiftSettings: settings),
        // What a confirm costs at the store; `bin/bench` runs it.
        .executableTarget(name: "BenchStore", dependencies: ["Features"], path: "Benchmarks/store",
                          swiftSettings: settings),
        .target(name: "Fakes", dependencies: ["Capabilities", "Database", "Scheduling"], path: "Tests/Fakes",
                swiftSettings: settings),
        tests("SchedulingTests", ["Scheduling"]),
        tests("ICalendarTests", ["ICalendar", "Fakes"]),
        tests("DatabaseTests", ["Database", "Fakes"]),
        tests("WebTests", ["Web", .product(name: "NIOEmbedded", package: "swift-nio")]),
        tests("ProvidersTests", ["Providers", "Fakes"]),
        tests("FeaturesTests", ["Features", "Fakes"]),
        tests("ServerTests", ["Server", "Fakes"]),
        tests("SimulationTests", ["Features", "Fakes"]),
        tests("TidyTests", []),
    ]
)

// One test target instead of all, for a build that needs no other: the simulation in release.
if let only = Context.environment["WORKESTRA_TEST_TARGET"] {
    package.targets.removeAll { $0.type == .test && $0.name != only }
}

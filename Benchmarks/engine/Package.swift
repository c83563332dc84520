// swift-tools-version: 6.2
import PackageDescription

// The engine alone, so that measuring it does not build the server.
let package = Package(
    name: "engine",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Scheduling", swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(name: "enginebench", dependencies: ["Scheduling"], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)

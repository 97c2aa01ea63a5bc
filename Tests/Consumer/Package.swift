// swift-tools-version: 6.1
import PackageDescription

// A package as a user of Rondo has one. `RONDO` names the folder of Rondo's package; continuous integration copies this one elsewhere.
let package = Package(
  name: "consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "rondo", path: Context.environment["RONDO"] ?? "../..")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "Rondo", package: "rondo")])
  ]
)

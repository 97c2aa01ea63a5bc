// swift-tools-version: 6.1
// A package of its own, so that nobody who uses Rondo builds it.
import PackageDescription

let package = Package(
  name: "rondo-benchmarks",
  platforms: [.macOS(.v15)],
  targets: [
    // The kernels of the main package, by a link, so that they can be measured by themselves.
    .target(name: "CRondoKernels"),
    .executableTarget(name: "Benchmarks", dependencies: ["CRondoKernels"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

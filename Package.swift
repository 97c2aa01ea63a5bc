// swift-tools-version: 6.1
// The tests need Swift 6.2: they use exit tests.
import PackageDescription

let package = Package(
  name: "rondo",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Rondo", targets: ["Rondo"]),
    .executable(name: "rondo", targets: ["RondoCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // SIMD loops in C: the caller owns memory and threads.
    .target(name: "CRondoKernels"),
    // Tensors, the tape, differentiable operations and losses, parameters, random numbers, worker threads.
    .target(name: "RondoCore", dependencies: ["CRondoKernels"]),
    // Cells as equations, the passes that plan them, the executors, whole sequences and single steps.
    .target(name: "RondoRecurrence", dependencies: ["CRondoKernels", "RondoCore"]),
    // The built-in cells and layers.
    .target(name: "RondoNN", dependencies: ["RondoCore", "RondoRecurrence"]),
    // Formats, text, corpora and baselines counted from data.
    .target(name: "RondoData", dependencies: ["RondoCore"]),
    // Optimisers, schedules, the trainer, checkpoints, metrics.
    .target(
      name: "RondoTraining",
      dependencies: ["CRondoKernels", "RondoCore", "RondoData", "RondoNN", "RondoRecurrence"]),
    // One folder per application.
    .target(
      name: "RondoTasks",
      dependencies: ["RondoCore", "RondoData", "RondoNN", "RondoRecurrence", "RondoTraining"]),
    // What users import.
    .target(
      name: "Rondo",
      dependencies: ["RondoCore", "RondoData", "RondoNN", "RondoRecurrence", "RondoTasks", "RondoTraining"]),
    // The command line.
    .executableTarget(
      name: "RondoCLI",
      dependencies: [
        "CRondoKernels", "RondoCore", "RondoData", "RondoNN", "RondoRecurrence", "RondoTasks",
        "RondoTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Tolerances, seeded sizes, fixture loading and the conformance suites.
    .target(
      name: "RondoTestSupport",
      dependencies: ["RondoCore", "RondoData", "RondoNN", "RondoRecurrence"],
      path: "Tests/RondoTestSupport"),
    // Replaces malloc by one that counts.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(name: "KernelTests", dependencies: ["CRondoKernels", "RondoTestSupport"]),
    .testTarget(name: "CoreTests", dependencies: ["RondoCore", "RondoTestSupport"]),
    .testTarget(
      name: "RecurrenceTests",
      dependencies: [
        "CAllocationCounter", "CRondoKernels", "RondoCore", "RondoNN", "RondoRecurrence", "RondoTestSupport",
      ]),
    .testTarget(
      name: "NNTests",
      dependencies: ["RondoCore", "RondoData", "RondoNN", "RondoRecurrence", "RondoTestSupport"]),
    .testTarget(name: "DataTests", dependencies: ["RondoCore", "RondoData", "RondoTestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["RondoCore", "RondoData", "RondoNN", "RondoTraining", "RondoTestSupport"]),
    .testTarget(
      name: "TaskTests",
      dependencies: ["RondoCore", "RondoData", "RondoTasks", "RondoTraining", "RondoTestSupport"]),
    .testTarget(name: "CLITests", dependencies: ["RondoCLI", "RondoTestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

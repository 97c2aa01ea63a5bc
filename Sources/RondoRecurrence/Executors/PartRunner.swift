import RondoCore

/// What loops over several threads call by reference: a closure that is called on another thread has to be allocated, and a step must not
/// allocate.
package class PartRunner {
  init() {}

  func runPart(_ part: Int) { fatalError("PartRunner: \(part) of nothing") }

  final func runParts(_ parts: Int) {
    if parts == 1 { return runPart(0) }
    Parallel.run(parts, context: Unmanaged.passUnretained(self).toOpaque()) { context, part in
      Unmanaged<PartRunner>.fromOpaque(context).takeUnretainedValue().runPart(part)
    }
  }
}

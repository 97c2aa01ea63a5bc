import RondoCore

/// What loops over several threads call by reference: a closure that is called on another thread has to be allocated, and a step must not
/// allocate.
package class PartRunner {
  init() {}

  func runPart(_ part: Int) { fatalError("PartRunner: \(part) of nothing") }

  /// - Parameter wakes: Whether threads that sleep are woken for it; those that do not sleep help anyway.
  final func runParts(_ parts: Int, wakes: Bool = true) {
    if parts == 1 { return runPart(0) }
    Parallel.run(parts, context: Unmanaged.passUnretained(self).toOpaque(), wakes: wakes) { context, part in
      Unmanaged<PartRunner>.fromOpaque(context).takeUnretainedValue().runPart(part)
    }
  }
}

import RondoCore

/// What loops over several threads call by reference: a closure that is called on another thread has to be allocated, and a step must not
/// allocate; so it is allocated once.
///
/// It is a closure rather than a method to override, since a method of a generic class that is called through the class's table is not
/// specialised: each access to memory would ask how large an element is.
package class PartRunner {
  private var body: (_ part: Int, _ thread: Int) -> Void = { _, _ in }

  /// Sets what runs a part on a thread; it must not own the runner.
  final func runsParts(by body: @escaping (_ part: Int, _ thread: Int) -> Void) { self.body = body }

  /// - Parameter wakes: Whether threads that sleep are woken for it; those that do not sleep help anyway.
  final func runParts(_ parts: Int, wakes: Bool = true) {
    if parts == 1 { return body(0, 0) }
    Parallel.run(parts, context: Unmanaged.passUnretained(self).toOpaque(), wakes: wakes) {
      context, part, thread in
      Unmanaged<PartRunner>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.body(part, thread) }
    }
  }
}

// After lowering: products that a loop can do beside its own, while what they read or write is in the cache.

/// Moves products of whole phases into the loops next to them: those before a loop ahead of its own works in each step, those after it behind.
///
/// Each then finds its operands in the cache, or leaves its result there, but the loop has more weights to go through. It is worth it where
/// all of them stay in a core's second-level cache; products whose weights are larger stay where they are. A result that nothing but the same
/// step reads gets a row for each sequence instead of one for each step, so that it never leaves the cache.
///
/// - Parameters:
///   - memory: Gets the buffers of such results.
///   - lasting: The buffers that are read after the pass.
func gatherProducts(_ phases: [LoweredPhase], _ memory: inout MemoryPlan, lasting: Set<Int>) -> [LoweredPhase]
{
  var phases = phases
  for loop in phases.indices where phases[loop].kind == .loop {
    guard phases[loop].works.allSatisfy({ $0.domain == .steps }) else { continue }
    var room = largestGatheredWeights - phases[loop].works.reduce(0) { $0 + weightSize(of: $1, memory) }
    guard room >= 0 else { continue }
    /// Takes the products out of a phase that nothing else in it depends on, and that depend on nothing else in it.
    func take(from phase: Int) -> [LoweredWork] {
      guard phases.indices.contains(phase), phases[phase].kind == .whole else { return [] }
      let works = phases[phase].works
      let taken = works.indices.filter { index in
        guard case .product = works[index].action, works[index].domain == .steps else { return false }
        let others = works.indices.filter { $0 != index }
        let size = weightSize(of: works[index], memory)
        guard size <= room, others.allSatisfy({ areIndependent(works[index], works[$0]) }) else {
          return false
        }
        room -= size
        return true
      }
      phases[phase].works = works.indices.filter { !taken.contains($0) }.map { works[$0] }
      return taken.map { works[$0] }
    }
    let before = take(from: loop - 1)
    let after = take(from: loop + 1)
    phases[loop].works = before + phases[loop].works + after

    for case .product(_, _, _, let out) in before.map(\.action) where memory.buffers[out.buffer].kind == .rows
    {
      let others = phases.indices.filter { $0 != loop }.flatMap { phases[$0].works }
      let isLocal =
        !lasting.contains(out.buffer) && !others.contains { $0.sources.contains { $0.touches(out.buffer) } }
        && phases[loop].works.allSatisfy {
          $0.sources.allSatisfy { $0.buffer == out.buffer ? $0.mode == .row : $0.initial != out.buffer }
        }
      guard isLocal else { continue }
      memory.buffers.append(Buffer(kind: .places, width: memory.buffers[out.buffer].width))
      let local = memory.buffers.count - 1
      phases[loop].works = phases[loop].works.map { work in
        guard work.sources.contains(where: { $0.touches(out.buffer) }) else { return work }
        return work.mapSources {
          $0.buffer == out.buffer ? Source(buffer: local, column: $0.column, mode: .place) : $0
        }
      }
    }
  }
  return phases
}

/// Floats of all weights of a loop with products gathered in it: half of a second-level cache of 1 MB.
private let largestGatheredWeights = 131_072

private func weightSize(of work: LoweredWork, _ memory: MemoryPlan) -> Int {
  guard case .product(_, let index, _, _) = work.action else { return 0 }
  return memory.packed[index].outputs * memory.packed[index].depth
}

/// Whether two works can be done in either order: neither writes where the other one reads or writes.
private func areIndependent(_ a: LoweredWork, _ b: LoweredWork) -> Bool {
  func meets(_ written: [Source], _ sources: [Source]) -> Bool {
    written.contains { place in sources.contains { $0.touches(place.buffer) } }
  }
  return !meets(a.written, b.sources) && !meets(b.written, a.sources)
}

extension Source {
  fileprivate func touches(_ buffer: Int) -> Bool { self.buffer == buffer || initial == buffer }
}

extension LoweredWork {
  /// What it reads and writes.
  fileprivate var sources: [Source] {
    switch action {
    case .product(let x, _, let start, let out): [x, out] + (start.map { [$0] } ?? [])
    case .program(let code): code.streams.map(\.source)
    case .outer(let a, let b, _, _, let out, _): [a, b, out]
    case .total(let a, let b, _, let out): [a, out] + (b.map { [$0] } ?? [])
    case .overMemory(let a, _, let out, _): [a, out]
    case .accumulate(let source, _): [source]
    }
  }

  /// What it writes; of a program's operands any may be.
  fileprivate var written: [Source] {
    switch action {
    case .product(_, _, _, let out), .outer(_, _, _, _, let out, _), .total(_, _, _, let out),
      .overMemory(_, _, let out, _):
      [out]
    case .program(let code): code.streams.map(\.source)
    case .accumulate: []
    }
  }

  /// A product or a program with its operands elsewhere.
  fileprivate func mapSources(_ map: (Source) -> Source) -> LoweredWork {
    switch action {
    case .product(let x, let weight, let start, let out):
      LoweredWork(.product(x: map(x), weight: weight, start: start.map(map), out: map(out)), domain: domain)
    case .program(let code):
      LoweredWork(
        .program(
          code.withStreams(
            code.streams.map { StreamSource(source: map($0.source), isBroadcast: $0.isBroadcast) })),
        domain: domain)
    case .outer, .total, .overMemory, .accumulate: fatalError("gatherProducts: a sum over rows in a loop")
    }
  }
}

import CRondoKernels
import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// No bit of a result depends on the number of threads or on the instruction set.
///
/// Each runs in a process of its own: instruction sets are chosen for a whole process, and threads are shared with the other tests' loops.
@Suite struct DeterminismTests {
  /// All results on a batch that is large enough to be divided in every way.
  private static func results(
    _ plans: RecurrencePlans, _ layout: SequenceLayout, reverse: Bool
  ) -> SequenceResults<Float> {
    VectorExecutor.run(
      plans, Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout)),
      plans.randomValues(layout),
      resultGradients: plans.randomGradients(layout))
  }

  private static let large: [any Cell] =
    [
      Elman(hiddenSize: 90), LSTM(hiddenSize: 90), GRU(hiddenSize: 90), GRU(hiddenSize: 90, reset: .before),
      LayerNormLSTM(hiddenSize: 90), SoftmaxGate(hiddenSize: 530),
    ] + AllDecoders.entries.map { $0.make(hiddenSize: 90, memorySize: 70) }

  /// Few long sequences, many short ones, and one.
  private static let layouts = [
    SequenceLayout([60, 7, 35, 0, 60, 31]),
    SequenceLayout((0..<50).map { ($0 * 37) % 17 }),
    SequenceLayout([50]),
  ]

  /// The tensors that differ between two ways to compute them, for all cells and layouts.
  private static func differences(
    _ computing: (_ body: () -> SequenceResults<Float>) -> SequenceResults<Float>
  ) -> [String] {
    var found: [String] = []
    func compare(_ name: String, _ plans: RecurrencePlans, _ layout: SequenceLayout, reverse: Bool) {
      let expected = results(plans, layout, reverse: reverse)
      let other = computing { results(plans, layout, reverse: reverse) }
      found += differing(other, expected, plans).map { "\(name) \(layout.lengths.prefix(6)): \($0)" }
    }
    for cell in large {
      let plans = RecurrencePlans(cell, inputSize: 80)
      for (number, layout) in layouts.enumerated() {
        compare("\(cell)", plans, layout, reverse: number == 0)
      }
    }
    for cell in StressCells.all { compare(cell.name, cell.plans(), layouts[1], reverse: true) }
    return found
  }

  @Test func theNumberOfThreadsChangesNoBit() async {
    await #expect(processExitsWith: .success) {
      Parallel.withThreads(1) {
        #expect(DeterminismTests.differences { body in Parallel.withThreads(2) { body() } } == [])
      }
    }
  }

  @Test(
    .enabled(
      if: rondo_variant("avx512") != nil && rondo_variant("avx2") != nil,
      "this processor does not have both AVX-512 and AVX2"))
  func theInstructionSetChangesNoBit() async {
    await #expect(processExitsWith: .success) {
      #expect(rondo_isa_select("avx512") == 0)
      let found = DeterminismTests.differences { body in
        #expect(rondo_isa_select("avx2") == 0)
        defer { #expect(rondo_isa_select("avx512") == 0) }
        return body()
      }
      #expect(found == [])
    }
  }

  /// The portable kernels may lack a multiply-add that rounds once, so they only promise tolerance.
  @Test func thePortableKernelsAgree() async {
    await #expect(processExitsWith: .success) {
      for cell in DeterminismTests.large {
        let plans = RecurrencePlans(cell, inputSize: 80)
        func run() -> [(name: String, values: [Float])] {
          DeterminismTests.results(plans, DeterminismTests.layouts[0], reverse: false).named(plans)
        }
        #expect(rondo_isa_select(nil) == 0)
        let best = run()
        #expect(rondo_isa_select("portable") == 0)
        for (portable, best) in zip(run(), best) {
          #expect(relativeError(portable.values, best.values) < 1e-5, "\(cell) \(best.name)")
        }
      }
    }
  }
}

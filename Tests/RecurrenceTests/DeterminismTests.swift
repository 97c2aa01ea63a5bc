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
  /// A recurrence over a batch, and what goes through it.
  private struct Batch {
    let name: String
    let plans: RecurrencePlans
    private let walk: Walk
    private let values: SequenceValues<Float>
    private let gradients: (output: [Float], final: [[Float]])

    init(_ name: String, _ plans: RecurrencePlans, _ layout: SequenceLayout, reverse: Bool) {
      self.name = "\(name) \(layout.lengths.prefix(6))"
      self.plans = plans
      walk = Walk(layout, isUpwards: !reverse, slotCounts: plans.sampleSlotCounts(layout))
      values = plans.randomValues(layout)
      gradients = plans.randomGradients(layout)
    }

    func results() -> SequenceResults<Float> {
      VectorExecutor.run(plans, walk, values, resultGradients: gradients)
    }
  }

  private static let large: [any Cell] =
    [
      Elman(hiddenSize: 90), LSTM(hiddenSize: 92), GRU(hiddenSize: 90), GRU(hiddenSize: 90, reset: .before),
      LayerNormLSTM(hiddenSize: 90), SoftmaxGate(hiddenSize: 530),
    ] + AllDecoders.entries.map { $0.make(hiddenSize: 90, memorySize: 70) }

  /// Few long sequences, many short ones, and one.
  private static let layouts = [
    SequenceLayout([60, 7, 35, 0, 60, 31]),
    SequenceLayout((0..<50).map { ($0 * 37) % 17 }),
    SequenceLayout([50]),
  ]

  /// So many rows that threads divide even what costs little for each, and so few that they divide the columns of products.
  private static let (manyRows, fewRows) = (
    SequenceLayout((0..<31).map { ($0 * 37) % 101 }), SequenceLayout([4, 9, 2])
  )

  /// The tensors that differ between ways to compute them, for all cells and layouts.
  private static func differences(
    _ ways: [(name: String, run: (_ body: () -> SequenceResults<Float>) -> SequenceResults<Float>)]
  ) -> [String] {
    var found: [String] = []
    func compare(_ batch: Batch) {
      let expected = batch.results()
      for way in ways {
        found += differing(way.run(batch.results), expected, batch.plans)
          .map { "\(batch.name), \(way.name): \($0)" }
      }
    }
    for cell in large {
      let plans = RecurrencePlans(cell, inputSize: 80)
      for (number, layout) in layouts.enumerated() {
        compare(Batch("\(cell)", plans, layout, reverse: number == 0))
      }
    }
    for cell in StressCells.all { compare(Batch(cell.name, cell.plans(), layouts[1], reverse: true)) }
    // Sums over so many rows that their columns are divided.
    compare(
      Batch(
        "wide", RecurrencePlans(LSTM(hiddenSize: 70), inputSize: 5), SequenceLayout(uniform: 50, count: 60),
        reverse: false))
    /// Every registered cell, and every wrapper around one of them.
    func cells(hiddenSize: Int, inputSize: Int) -> [(name: String, cell: any Cell, inputSize: Int)] {
      AllCells.entries.map { ($0.name, $0.make(hiddenSize: $0.hiddenSize(from: hiddenSize)), inputSize) }
        + WrapperChoice.samples(inputSize: inputSize) { _ in GRU(hiddenSize: hiddenSize) }
    }
    for (name, cell, inputSize) in cells(hiddenSize: 36, inputSize: 23) {
      compare(Batch(name, RecurrencePlans(cell, inputSize: inputSize), manyRows, reverse: true))
    }
    for (name, cell, inputSize) in cells(hiddenSize: 100, inputSize: 300) {
      compare(Batch(name, RecurrencePlans(cell, inputSize: inputSize), fewRows, reverse: false))
    }
    return found
  }

  @Test func theNumberOfThreadsChangesNoBit() async {
    await #expect(processExitsWith: .success) {
      Parallel.withThreads(1) {
        let found = DeterminismTests.differences(
          [2, 3].map { count in
            ("\(count) threads", { body in Parallel.withThreads(count) { body() } })
          })
        #expect(found == [])
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
      let found = DeterminismTests.differences([
        (
          "AVX2",
          { body in
            #expect(rondo_isa_select("avx2") == 0)
            defer { #expect(rondo_isa_select("avx512") == 0) }
            return body()
          }
        )
      ])
      #expect(found == [])
    }
  }

  /// The portable kernels may lack a multiply-add that rounds once, so they only promise tolerance.
  @Test func thePortableKernelsAgree() async {
    await #expect(processExitsWith: .success) {
      for cell in DeterminismTests.large {
        let batch = Batch(
          "\(cell)", RecurrencePlans(cell, inputSize: 80), DeterminismTests.layouts[0], reverse: false)
        func run() -> [(name: String, values: [Float])] { batch.results().named(batch.plans) }
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

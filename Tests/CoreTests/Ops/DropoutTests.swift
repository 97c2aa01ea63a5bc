import RondoCore
import Testing

struct DropoutTests {
  private func mask(
    _ layout: SequenceLayout, seed: UInt64 = 1, pass: UInt64 = 0, stream: UInt64 = 5, training: Bool = true
  ) -> Tensor {
    let tape = Tape(ParameterStore([]), training: training, seed: seed, pass: pass)
    let x = tape.constant(Tensor(repeating: 1, [layout.rowCount, 40]))
    return dropout(x, probability: 0.25, layout: layout, stream: stream).value
  }

  /// The masks of one sequence, in order of time.
  private func rows(_ values: Tensor, _ layout: SequenceLayout, sequence: Int) -> [[Float]] {
    let place = layout.order.firstIndex(of: sequence)!
    return (0..<layout.lengths[sequence]).map {
      values.view(from: layout.row(place: place, time: $0) * 40, [40]).values
    }
  }

  @Test func itIsTheIdentityOutsideTraining() {
    #expect(mask(SequenceLayout([3, 2]), training: false) == Tensor(repeating: 1, [5, 40]))
    let tape = Tape(ParameterStore([]), training: true)
    let x = tape.leaf(Tensor(1))
    #expect(dropout(x, probability: 0, stream: 1).id == x.id)
  }

  @Test func theMeanIsKept() {
    let values = mask(SequenceLayout(uniform: 100, count: 10)).values
    // 40,000 elements: the share of zeros is 0.25 ± 0.002.
    #expect(abs(Double(values.count { $0 == 0 }) / 40_000 - 0.25) < 0.01)
    #expect(values.allSatisfy { $0 == 0 || $0 == 1 / 0.75 })
  }

  @Test func masksBelongToSequenceAndTime() {
    let layout = SequenceLayout([2, 5, 3], ids: [10, 11, 12])
    let all = mask(layout)
    // Alone, in another order, and as a chunk, sequence 12 has the same masks.
    let alone = SequenceLayout([3], ids: [12])
    #expect(rows(mask(alone), alone, sequence: 0) == rows(all, layout, sequence: 2))
    let reordered = SequenceLayout([3, 1], ids: [12, 7])
    #expect(rows(mask(reordered), reordered, sequence: 0) == rows(all, layout, sequence: 2))
    let chunk = layout.chunk(1..<4)
    #expect(rows(mask(chunk), chunk, sequence: 2) == Array(rows(all, layout, sequence: 2)[1...]))
    #expect(Set(rows(all, layout, sequence: 1)).count == 5)
  }

  @Test func masksDifferBySeedPassAndStream() {
    let layout = SequenceLayout([4])
    #expect(mask(layout) == mask(layout))
    #expect(mask(layout, seed: 2) != mask(layout))
    #expect(mask(layout, pass: 1) != mask(layout))
    #expect(mask(layout, stream: 6) != mask(layout))
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = dropout(tape.leaf(Tensor(1)), probability: 1, stream: 0)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = dropout(
        tape.leaf(Tensor(zeros: [3, 2])), probability: 0.5, layout: SequenceLayout([2]), stream: 0)
    }
  }
}

import CRondoKernels
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct CombineTests {
  private func register(_ index: Int) -> rondo_operand { operand(RONDO_REGISTER, index) }
  private func stream(_ index: Int) -> rondo_operand { operand(RONDO_STREAM, index) }
  private func scalar(_ index: Int) -> rondo_operand { operand(RONDO_SCALAR, index) }
  private let one = rondo_operand(kind: UInt16(RONDO_CONSTANT.rawValue), index: 0)

  private func operand(_ kind: rondo_operand_kind, _ index: Int) -> rondo_operand {
    rondo_operand(kind: UInt16(kind.rawValue), index: UInt16(index))
  }

  private func instruction(_ op: rondo_op, _ out: rondo_operand, _ operands: rondo_operand...)
    -> rondo_instruction
  {
    let none = register(0)
    return rondo_instruction(
      op: op.rawValue, out: out, a: operands[0], b: operands.count > 1 ? operands[1] : none,
      c: operands.count > 2 ? operands[2] : none)
  }

  /// Streams 0 and 1 lie in one buffer.
  private func combine(_ code: [rondo_instruction]) -> [rondo_instruction] {
    combined(
      code, isOne: { $0.kind == RONDO_CONSTANT.rawValue && $0.index == 0 },
      mayOverlap: { $0 == $1 || $0 + $1 == 1 })
  }

  private func operations(_ code: [rondo_instruction]) -> [UInt32] { combine(code).map(\.op) }

  @Test func aGatesGradientIsOneInstruction() {
    let code = [
      instruction(RONDO_OP_MUL, register(0), stream(2), stream(3)),
      instruction(RONDO_OP_SUB, register(1), one, stream(4)),
      instruction(RONDO_OP_MUL, register(1), register(1), stream(4)),
      instruction(RONDO_OP_MUL, stream(5), register(0), register(1)),
    ]
    #expect(operations(code) == [RONDO_OP_MUL_SIGMOID_GRADIENT.rawValue])
    #expect(combine(code)[0].operands.map(\.index) == [2, 3, 4])
  }

  @Test func aValueReadTwiceIsKept() {
    let code = [
      instruction(RONDO_OP_MUL, register(0), stream(2), stream(3)),
      instruction(RONDO_OP_MUL, stream(4), register(0), stream(2)),
      instruction(RONDO_OP_MUL, stream(5), register(0), stream(3)),
    ]
    #expect(combine(code).count == 3)
  }

  /// Reading later would read what has been written in between.
  @Test func operandsThatChangeInBetweenAreReadBefore() {
    for written in [register(1), stream(0), stream(1)] {
      let source = written.kind == RONDO_STREAM.rawValue ? stream(0) : register(1)
      let code = [
        instruction(RONDO_OP_MUL, register(0), source, stream(3)),
        instruction(RONDO_OP_NEG, written, stream(2)),
        instruction(RONDO_OP_MUL, stream(5), register(0), stream(3)),
      ]
      #expect(combine(code).count == 3)
    }
  }

  @Test func onlyTheNumberOneMakesAComplement() {
    let half = operand(RONDO_CONSTANT, 1)
    let code = [
      instruction(RONDO_OP_SUB, register(0), half, stream(2)),
      instruction(RONDO_OP_MUL, stream(5), register(0), stream(3)),
    ]
    #expect(combine(code).count == 2)
  }

  @Test func whatIsOnlyAddedUpIsNotStored() {
    let code = [
      instruction(RONDO_OP_MUL, register(0), stream(2), stream(3)),
      instruction(RONDO_OP_SUM, scalar(0), register(0)),
      instruction(RONDO_OP_NEG, register(1), stream(4)),
      instruction(RONDO_OP_SUM, scalar(1), register(1)),
    ]
    #expect(
      operations(code) == [RONDO_OP_SUM_OF_PRODUCTS.rawValue, RONDO_OP_SUM_OF_NEGATIVES.rawValue])
  }

  /// Random programs of what is combined: the same bits in every stream, and fewer instructions.
  @Test func combinedProgramsGiveTheSameBits() {
    var (before, after) = (0, 0)
    for seed in 0..<200 {
      var random = RandomNumbers(seed: UInt64(seed))
      var code = (0..<6).map { instruction(RONDO_OP_COPY, register($0), stream($0)) }
      for index in 0..<Self.sums { code.append(instruction(RONDO_OP_SUM, scalar(index), register(index))) }
      for _ in 0..<24 {
        func value() -> rondo_operand {
          random.below(3) == 0 ? stream(random.below(6)) : register(random.below(6))
        }
        let out = random.below(5) == 0 ? stream(random.below(6)) : register(random.below(6))
        let repeated = value()
        let sum = scalar(random.below(Self.sums))
        switch random.below(9) {
        case 0: code.append(instruction(RONDO_OP_SUB, out, one, value()))
        case 1: code.append(instruction(RONDO_OP_FMA, out, value(), value(), value()))
        case 2: code.append(instruction(RONDO_OP_MUL, out, repeated, repeated))
        case 3: code.append(instruction(RONDO_OP_NEG, out, value()))
        case 4, 5: code.append(instruction(RONDO_OP_SUM, sum, value()))
        default: code.append(instruction(RONDO_OP_MUL, out, value(), value()))
        }
      }
      for index in 0..<6 { code.append(instruction(RONDO_OP_COPY, stream(index), register(index))) }
      let shorter = combined(
        code, isOne: { $0.kind == RONDO_CONSTANT.rawValue }, mayOverlap: { $0 == $1 })
      before += code.count
      after += shorter.count
      #expect(results(code, seed: seed) == results(shorter, seed: seed), "seed \(seed)")
    }
    #expect(after < before * 99 / 100, "\(before) instructions became \(after)")
  }

  private static let sums = 3

  /// The bits of six streams of three rows after a program ran, and of its sums.
  private func results(_ code: [rondo_instruction], seed: Int) -> [UInt32] {
    let (rows, width) = (3, 70)
    var random = RandomNumbers(seed: UInt64(1000 + seed))
    var memory = random.next((6 + Self.sums) * rows * width)
    let stores = (0..<Self.sums).map { instruction(RONDO_OP_COPY, stream(6 + $0), scalar($0)) }
    memory.withUnsafeMutableBufferPointer { memory in
      let streams = (0..<6 + Self.sums).map {
        rondo_stream(base: memory.baseAddress! + $0 * rows * width, row_stride: width, column_stride: 1)
      }
      let sections = [
        rondo_section(width: UInt32(width), first: 0, count: UInt32(code.count)),
        rondo_section(width: UInt32(width), first: UInt32(code.count), count: UInt32(stores.count)),
      ]
      let constants: [Float] = [1]
      sections.withUnsafeBufferPointer { sections in
        (code + stores).withUnsafeBufferPointer { code in
          constants.withUnsafeBufferPointer { constants in
            var program = rondo_row_program(
              sections: sections.baseAddress, code: code.baseAddress, constants: constants.baseAddress,
              section_count: 2, register_count: 6, scalar_count: UInt32(Self.sums))
            let scratch = UnsafeMutableRawPointer.allocate(
              byteCount: 4 * rondo_row_program_scratch_size(&program), alignment: 64)
            defer { scratch.deallocate() }
            rondo_row_program_run(&program, streams, rows, scratch.assumingMemoryBound(to: Float.self))
          }
        }
      }
    }
    return memory.map(\.bitPattern)
  }
}

extension RandomNumbers {
  fileprivate mutating func below(_ count: Int) -> Int {
    min(count - 1, Int((next(1)[0] + 1) / 2 * Float(count)))
  }
}

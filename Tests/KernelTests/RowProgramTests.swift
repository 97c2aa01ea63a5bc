import CRondoKernels
import Testing

/// A row program with the memory it runs on, and the plain interpreter it is compared with.
private struct Program {
  var sections: [rondo_section] = []
  var code: [rondo_instruction] = []
  var constants: [Float] = []
  var streams: [Stream] = []
  var registerCount: UInt32 = 8
  var scalarCount: UInt32 = 4

  /// A value in memory; the row stride 0 repeats one row.
  struct Stream {
    var values: [Float]
    var rowStride: Int
    var columnStride: Int
  }

  mutating func section(width: Int, _ body: (inout Program) -> Void) {
    let first = code.count
    body(&self)
    sections.append(
      rondo_section(width: UInt32(width), first: UInt32(first), count: UInt32(code.count - first)))
  }

  mutating func emit(
    _ op: rondo_op, _ out: rondo_operand, _ a: rondo_operand, _ b: rondo_operand = rondo_operand(),
    _ c: rondo_operand = rondo_operand()
  ) {
    code.append(rondo_instruction(op: op.rawValue, out: out, a: a, b: b, c: c))
  }

  mutating func constant(_ value: Float) -> rondo_operand {
    constants.append(value)
    return rondo_operand(kind: UInt16(RONDO_CONSTANT.rawValue), index: UInt16(constants.count - 1))
  }

  mutating func stream(_ values: [Float], rowStride: Int, columnStride: Int = 1) -> rondo_operand {
    streams.append(Stream(values: values, rowStride: rowStride, columnStride: columnStride))
    return rondo_operand(kind: UInt16(RONDO_STREAM.rawValue), index: UInt16(streams.count - 1))
  }

  /// The streams' values after rows `rows` ran in one call.
  func run(_ variant: Variant, rows: Range<Int>, on memory: [Floats]) {
    let c = memory.enumerated().map { i, floats in
      rondo_stream(
        base: floats.pointer + rows.lowerBound * streams[i].rowStride, row_stride: streams[i].rowStride,
        column_stride: streams[i].columnStride)
    }
    sections.withUnsafeBufferPointer { sections in
      code.withUnsafeBufferPointer { code in
        constants.withUnsafeBufferPointer { constants in
          var program = rondo_row_program(
            sections: sections.baseAddress, code: code.baseAddress, constants: constants.baseAddress,
            section_count: UInt32(sections.count), register_count: registerCount, scalar_count: scalarCount)
          let scratch = Floats(random: variant.kernels.row_program_scratch_size(&program), seed: 90)
          variant.kernels.row_program_run(&program, c, rows.count, scratch.pointer)
          #expect(scratch.guardsIntact)
        }
      }
    }
    #expect(memory.allSatisfy { $0.guardsIntact })
  }

  func memory() -> [Floats] { streams.map { Floats($0.values) } }

  /// One row, section, instruction and column after the other.
  func plain(_ variant: Variant, rows: Int) -> [[Float]] {
    var memory = streams.map(\.values)
    for r in 0..<rows {
      var scalars = [Float](repeating: 0, count: Int(scalarCount))
      for section in sections {
        let width = Int(section.width)
        var registers = [[Float]](repeating: [Float](repeating: 0, count: width), count: Int(registerCount))
        for instruction in code[Int(section.first)..<Int(section.first + section.count)] {
          func read(_ operand: rondo_operand) -> [Float] {
            switch rondo_operand_kind(UInt32(operand.kind)) {
            case RONDO_REGISTER: return registers[Int(operand.index)]
            case RONDO_SCALAR: return [Float](repeating: scalars[Int(operand.index)], count: width)
            case RONDO_STREAM:
              let stream = streams[Int(operand.index)]
              return (0..<width).map {
                memory[Int(operand.index)][r * stream.rowStride + $0 * stream.columnStride]
              }
            default: return [Float](repeating: constants[Int(operand.index)], count: width)
            }
          }
          let a = read(instruction.a)
          switch rondo_op(instruction.op) {
          case RONDO_OP_SUM:
            var lanes = [Float](repeating: 0, count: 16)
            for j in 0..<width { lanes[j % 16] += a[j] }
            scalars[Int(instruction.out.index)] = lanes.sumOfLanes
          case RONDO_OP_SUM_OF_PRODUCTS:
            let b = read(instruction.b)
            var lanes = [Float](repeating: 0, count: 16)
            for j in 0..<width { lanes[j % 16] += a[j] * b[j] }
            scalars[Int(instruction.out.index)] = lanes.sumOfLanes
          case RONDO_OP_SUM_OF_NEGATIVES:
            var lanes = [Float](repeating: 0, count: 16)
            for j in 0..<width { lanes[j % 16] -= a[j] }
            scalars[Int(instruction.out.index)] = lanes.sumOfLanes
          case RONDO_OP_MAXIMUM:
            scalars[Int(instruction.out.index)] = a.max()!
          case let op:
            let result = Self.pointwise(variant, op, a, { read(instruction.b) }, { read(instruction.c) })
            if instruction.out.kind == UInt16(RONDO_REGISTER.rawValue) {
              registers[Int(instruction.out.index)] = result
            } else {
              let stream = streams[Int(instruction.out.index)]
              for j in 0..<width { memory[Int(instruction.out.index)][r * stream.rowStride + j] = result[j] }
            }
          }
        }
      }
    }
    return memory
  }

  /// exp and its kin are taken from the kernels, which FunctionTests measures; all else is written out.
  private static func pointwise(
    _ variant: Variant, _ op: rondo_op, _ a: [Float], _ b: () -> [Float], _ c: () -> [Float]
  ) -> [Float] {
    switch op {
    case RONDO_OP_COPY: return a
    case RONDO_OP_ADD: return zip(a, b()).map { $0 + $1 }
    case RONDO_OP_SUB: return zip(a, b()).map { $0 - $1 }
    case RONDO_OP_MUL: return zip(a, b()).map { $0 * $1 }
    case RONDO_OP_DIV: return zip(a, b()).map { $0 / $1 }
    case RONDO_OP_MIN: return zip(a, b()).map { $0 < $1 ? $0 : $1 }
    case RONDO_OP_MAX: return zip(a, b()).map { $0 > $1 ? $0 : $1 }
    case RONDO_OP_LESS: return zip(a, b()).map { $0 < $1 ? 1 : 0 }
    case RONDO_OP_SELECT:
      let (b, c) = (b(), c())
      return a.indices.map { a[$0] != 0 ? b[$0] : c[$0] }
    case RONDO_OP_FMA:
      let (b, c) = (b(), c())
      return a.indices.map { variant.multiplyAdd(a[$0], b[$0], c[$0]) }
    case RONDO_OP_COMPLEMENT_MUL: return zip(a, b()).map { (1 - $0) * $1 }
    case RONDO_OP_COMPLEMENT_FMA:
      let (b, c) = (b(), c())
      return a.indices.map { variant.multiplyAdd(1 - a[$0], b[$0], c[$0]) }
    case RONDO_OP_SQUARE_COMPLEMENT: return a.map { 1 - $0 * $0 }
    case RONDO_OP_MUL_MUL:
      let (b, c) = (b(), c())
      return a.indices.map { a[$0] * b[$0] * c[$0] }
    case RONDO_OP_SIGMOID_GRADIENT: return zip(a, b()).map { $0 * ((1 - $1) * $1) }
    case RONDO_OP_MUL_SIGMOID_GRADIENT:
      let (b, c) = (b(), c())
      return a.indices.map { a[$0] * b[$0] * ((1 - c[$0]) * c[$0]) }
    case RONDO_OP_TANH_GRADIENT: return zip(a, b()).map { $0 * (1 - $1 * $1) }
    case RONDO_OP_TANH_GRADIENT_ADD:
      let (b, c) = (b(), c())
      return a.indices.map { variant.multiplyAdd(a[$0], 1 - b[$0] * b[$0], c[$0]) }
    case RONDO_OP_MUL_TANH_GRADIENT:
      let (b, c) = (b(), c())
      return a.indices.map { a[$0] * b[$0] * (1 - c[$0] * c[$0]) }
    case RONDO_OP_NEG: return a.map { -$0 }
    case RONDO_OP_ABS: return a.map { abs($0) }
    case RONDO_OP_RELU: return a.map { $0 > 0 ? $0 : 0 }
    case RONDO_OP_SQRT: return a.map { $0.squareRoot() }
    default:
      let y = Floats(a)
      variant.kernels.unary(Int32(op.rawValue), a.count, y.pointer, y.pointer)
      return y.values
    }
  }
}

private func register(_ index: Int) -> rondo_operand {
  rondo_operand(kind: UInt16(RONDO_REGISTER.rawValue), index: UInt16(index))
}

private func scalar(_ index: Int) -> rondo_operand {
  rondo_operand(kind: UInt16(RONDO_SCALAR.rawValue), index: UInt16(index))
}

private func random(_ count: Int, _ seed: UInt64) -> [Float] { Floats(random: count, seed: seed).values }

extension Program {
  /// The pointwise part of an LSTM: gates in one row of 4 × width, the state written beside its predecessor.
  static func lstm(width n: Int, rows: Int) -> Program {
    var p = Program()
    let gates = (0..<4).map { p.stream(random(rows * 4 * n, UInt64(100 + $0)), rowStride: 4 * n) }
    let before = p.stream(random(rows * (n + 1), 104), rowStride: n + 1)
    let state = p.stream(random(rows * (n + 3), 105), rowStride: n + 3)
    let output = p.stream(random(rows * n, 106), rowStride: n)
    p.section(width: n) { p in
      p.emit(RONDO_OP_SIGMOID, register(0), gates[0])
      p.emit(RONDO_OP_SIGMOID, register(1), gates[1])
      p.emit(RONDO_OP_TANH, register(2), gates[2])
      p.emit(RONDO_OP_SIGMOID, register(3), gates[3])
      p.emit(RONDO_OP_MUL, register(0), register(0), register(2))
      p.emit(RONDO_OP_FMA, state, register(1), before, register(0))
      p.emit(RONDO_OP_TANH, register(4), state)
      p.emit(RONDO_OP_MUL, output, register(3), register(4))
    }
    return p
  }

  /// Layer normalisation, then a softmax of the result: reductions handed from section to section.
  static func normalisation(width n: Int, rows: Int) -> Program {
    var p = Program()
    let x = p.stream(random(rows * (n + 2), 110), rowStride: n + 2)
    let gain = p.stream(random(n, 111), rowStride: 0)
    let scale = p.stream(random(rows * 3, 112), rowStride: 3, columnStride: 0)
    let shared = p.stream(random(1, 113), rowStride: 0, columnStride: 0)
    let y = p.stream(random(rows * n, 114), rowStride: n)
    let deviation = p.stream(random(rows, 115), rowStride: 1)
    let inverse = p.constant(1 / Float(n))
    let epsilon = p.constant(1e-5)
    p.section(width: n) { $0.emit(RONDO_OP_SUM, scalar(0), x) }
    p.section(width: n) { p in
      p.emit(RONDO_OP_MUL, register(0), scalar(0), inverse)
      p.emit(RONDO_OP_SUB, register(0), x, register(0))
      p.emit(RONDO_OP_MUL, register(1), register(0), register(0))
      p.emit(RONDO_OP_SUM, scalar(1), register(1))
      p.emit(RONDO_OP_COPY, y, register(0))
    }
    p.section(width: 1) { p in
      p.emit(RONDO_OP_FMA, register(0), scalar(1), inverse, epsilon)
      p.emit(RONDO_OP_SQRT, deviation, register(0))
      p.emit(RONDO_OP_SUM, scalar(2), deviation)
    }
    p.section(width: n) { p in
      p.emit(RONDO_OP_DIV, register(0), y, scalar(2))
      p.emit(RONDO_OP_MUL, register(0), register(0), gain)
      p.emit(RONDO_OP_FMA, register(0), register(0), scale, shared)
      p.emit(RONDO_OP_MAXIMUM, scalar(3), register(0))
      p.emit(RONDO_OP_COPY, y, register(0))
    }
    p.section(width: n) { p in
      p.emit(RONDO_OP_SUB, register(0), y, scalar(3))
      p.emit(RONDO_OP_EXP, y, register(0))
      p.emit(RONDO_OP_SUM, scalar(0), y)
    }
    p.section(width: n) { $0.emit(RONDO_OP_DIV, y, y, scalar(0)) }
    return p
  }

  /// Every operation with operands of every kind, in random order over sections of several widths.
  static func everything(width n: Int, rows: Int, seed: UInt64) -> Program {
    var generator = Generator(seed: seed)
    var p = Program()
    let widths = [n, (n + 1) / 2, n]
    let inputs = [
      p.stream(random(rows * (n + 7), seed + 1), rowStride: n + 7),
      p.stream(random(rows * n, seed + 2), rowStride: n),
      p.stream(random(n, seed + 3), rowStride: 0),
      p.stream(random(rows * 2, seed + 4), rowStride: 2, columnStride: 0),
      p.stream(random(1, seed + 5), rowStride: 0, columnStride: 0), p.constant(0.75), p.constant(-1.5),
    ]
    let outputs = (0..<3).map { p.stream(random(rows * (n + $0), seed + 6 + UInt64($0)), rowStride: n + $0) }
    let pointwise =
      Array(RONDO_OP_COPY.rawValue...RONDO_OP_SQRT.rawValue)
      + Array(RONDO_OP_COMPLEMENT_MUL.rawValue...RONDO_OP_MUL_TANH_GRADIENT.rawValue)
    for (index, width) in widths.enumerated() {
      p.section(width: width) { p in
        for i in 0..<6 { p.emit(RONDO_OP_COPY, register(i), inputs[generator.below(inputs.count)]) }
        func operand() -> rondo_operand {
          switch generator.below(6) {
          case 0: return inputs[generator.below(inputs.count)]
          case 1: return outputs[generator.below(3)]
          case 2 where index > 0: return scalar(generator.below(2 * index))
          default: return register(generator.below(6))
          }
        }
        for _ in 0..<30 {
          let op = rondo_op(pointwise[generator.below(pointwise.count)])
          let out = generator.below(4) == 0 ? outputs[generator.below(3)] : register(generator.below(6))
          p.emit(op, out, operand(), operand(), operand())
        }
        if index < 2 {
          let sums = [RONDO_OP_SUM, RONDO_OP_SUM_OF_NEGATIVES, RONDO_OP_SUM_OF_PRODUCTS]
          p.emit(sums[generator.below(3)], scalar(2 * index), operand(), operand())
          p.emit(RONDO_OP_RELU, register(1), register(1))
          p.emit(RONDO_OP_MAXIMUM, scalar(2 * index + 1), register(1))
        }
      }
    }
    return p
  }
}

@Suite struct RowProgramTests {
  private static let widths = [1, 3, 16, 17, 50, 64, 256, 300, 512, 650, 1024, 1100]

  private func check(
    _ variant: Variant, widths: [Int], rowCounts: [Int], _ make: (_ width: Int, _ rows: Int) -> Program
  ) {
    for width in widths {
      for rows in rowCounts {
        let program = make(width, rows)
        let together = program.memory()
        program.run(variant, rows: 0..<rows, on: together)
        let oneByOne = program.memory()
        for r in 0..<rows { program.run(variant, rows: r..<r + 1, on: oneByOne) }
        let plain = program.plain(variant, rows: rows)
        for i in program.streams.indices {
          #expect(same(together[i].values, plain[i]), "stream \(i), width \(width), \(rows) rows")
          #expect(same(oneByOne[i].values, plain[i]), "stream \(i), width \(width), \(rows) rows one by one")
        }
      }
    }
  }

  /// Equal bits, where any NaN equals any other.
  private func same(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
  }

  @Test(arguments: Variant.all)
  func pointwisePartOfAnLSTM(_ variant: Variant) {
    check(variant, widths: Self.widths, rowCounts: Array(1...9) + [33, 70]) { .lstm(width: $0, rows: $1) }
  }

  @Test(arguments: Variant.all)
  func reductionsAcrossSections(_ variant: Variant) {
    check(variant, widths: Self.widths, rowCounts: Array(1...9) + [33, 70]) {
      .normalisation(width: $0, rows: $1)
    }
  }

  @Test(arguments: Variant.all)
  func randomProgramsOfEveryOperation(_ variant: Variant) {
    for seed in 0..<12 {
      check(variant, widths: [1, 5, 16, 50, 128, 300, 1100], rowCounts: [1, 4, 9]) {
        .everything(width: $0, rows: $1, seed: UInt64(1000 * (seed + 1)))
      }
    }
  }

  @Test func variantsGiveEqualBits() {
    for width in Self.widths {
      for program in [
        Program.lstm(width: width, rows: 9), .normalisation(width: width, rows: 9),
        .everything(width: width, rows: 9, seed: 77),
      ] {
        let results = Variant.exact.map { variant in
          let memory = program.memory()
          program.run(variant, rows: 0..<9, on: memory)
          return memory.map(\.bits)
        }
        #expect(results.allSatisfy { $0 == results[0] }, "width \(width)")
      }
    }
  }

  @Test func theMaximumPassesOverNaN() {
    for variant in Variant.all {
      for n in [1, 16, 40, 600] {
        var p = Program()
        let row = random(n - 1, 120) + [.nan]
        let x = p.stream([Float](repeating: .nan, count: n) + row + row + row + row + row, rowStride: n)
        let y = p.stream([Float](repeating: 0, count: 6), rowStride: 1)
        p.section(width: n) { $0.emit(RONDO_OP_MAXIMUM, scalar(0), x) }
        p.section(width: 1) { $0.emit(RONDO_OP_COPY, y, scalar(0)) }
        let memory = p.memory()
        p.run(variant, rows: 0..<6, on: memory)
        let largest = row.dropLast().max() ?? -.infinity
        #expect(memory[1].values == [-.infinity] + [Float](repeating: largest, count: 5))
      }
    }
  }

  @Test func noRowsIsNoWork() {
    for variant in Variant.all {
      let program = Program.lstm(width: 5, rows: 1)
      let memory = program.memory()
      program.run(variant, rows: 0..<0, on: memory)
      #expect(memory.map(\.values) == program.streams.map(\.values))
    }
  }
}

import CRondoKernels
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct LowerTests {
  private func programs(_ plan: Plan) -> [(code: ProgramCode, streams: [StreamSource])] {
    plan.phases.flatMap(\.works).compactMap { work in
      if case .program(let code) = work.action { (code, Array(code.streams)) } else { nil }
    }
  }

  private func count(_ instruction: rondo_op, in code: ProgramCode) -> Int {
    let program = code.program.pointee
    let total = (0..<Int(program.section_count)).reduce(0) { $0 + Int(program.sections[$1].count) }
    return (0..<total).filter { program.code[$0].op == instruction.rawValue }.count
  }

  /// Five functions of gates and states, and c = f·c' + i·g as one multiplication and one multiply-add.
  @Test func anLSTMsStepIsAFewInstructions() {
    let plan = RecurrencePlans(LSTM(hiddenSize: 16, bias: false), inputSize: 3).inference
    defer { withExtendedLifetime(plan) {} }
    let programs = programs(plan)
    #expect(programs.count == 1)
    let code = programs[0].code
    #expect(count(RONDO_OP_SIGMOID, in: code) == 3)
    #expect(count(RONDO_OP_TANH, in: code) == 2)
    #expect(count(RONDO_OP_MUL, in: code) == 2)
    #expect(count(RONDO_OP_FMA, in: code) == 1)
    // h goes to its row, where the next step reads it; c is computed in a register and goes where the next step reads it.
    #expect(count(RONDO_OP_COPY, in: code) == 1)
    #expect(code.program.pointee.register_count <= 4)
  }

  @Test func registersAreUsedAgain() {
    let backward = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3).backward
    defer { withExtendedLifetime(backward) {} }
    #expect(programs(backward)[0].code.program.pointee.register_count <= 8)
  }

  /// 23 operations; each gate's three factors, the slope of its function and its gradient are one instruction.
  @Test func anLSTMsBackwardStepIsAFewInstructions() {
    let backward = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3).backward
    // Programs belong to their plan.
    defer { withExtendedLifetime(backward) {} }
    let code = programs(backward)[0].code
    #expect(count(RONDO_OP_MUL_SIGMOID_GRADIENT, in: code) == 3)
    #expect(count(RONDO_OP_MUL_TANH_GRADIENT, in: code) == 1)
    #expect(count(RONDO_OP_TANH_GRADIENT_ADD, in: code) == 1)
    #expect(count(RONDO_OP_SUB, in: code) == 0)
    #expect(code.program.pointee.sections[0].count <= 11)
  }

  /// A variance is a sum of products, a mean's gradient one of negatives: neither the squares nor the negatives are stored.
  @Test func normalisationStoresNoSquares() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16).normalized(), inputSize: 3)
    defer { withExtendedLifetime(plans) {} }
    let forward = programs(plans.inference).map(\.code)
    let backward = programs(plans.backward).map(\.code)
    #expect(forward.contains { count(RONDO_OP_SUM_OF_PRODUCTS, in: $0) >= 1 })
    #expect(backward.contains { count(RONDO_OP_SUM_OF_PRODUCTS, in: $0) >= 1 })
    #expect(backward.contains { count(RONDO_OP_SUM_OF_NEGATIVES, in: $0) >= 1 })
  }

  /// What instructions may read: registers of their own section, reductions of earlier sections, streams and constants that exist.
  @Test(arguments: StressCells.all)
  func instructionsReadWhatIsThere(_ cell: CellConformance) {
    let plans = cell.plans()
    for plan in [plans.inference, plans.training, plans.backward, plans.backwardWithoutInput] {
      for (code, streams) in programs(plan) {
        let program = code.program.pointee
        var scalars: Set<Int> = []
        for number in 0..<Int(program.section_count) {
          let section = program.sections[number]
          #expect(section.width > 0 && section.count > 0)
          var registers: Set<Int> = []
          var newScalars: Set<Int> = []
          for position in Int(section.first)..<Int(section.first + section.count) {
            let instruction = program.code[position]
            for operand in instruction.operands {
              let index = Int(operand.index)
              switch rondo_operand_kind(UInt32(operand.kind)) {
              case RONDO_REGISTER: #expect(registers.contains(index))
              case RONDO_SCALAR: #expect(scalars.contains(index))
              case RONDO_CONSTANT: #expect(code.constants.indices.contains(index))
              default: #expect(streams.indices.contains(index))
              }
            }
            let out = Int(instruction.out.index)
            switch rondo_operand_kind(UInt32(instruction.out.kind)) {
            case RONDO_REGISTER:
              #expect(out < program.register_count)
              registers.insert(out)
            case RONDO_SCALAR:
              #expect(isReduction(instruction) && out < program.scalar_count)
              newScalars.insert(out)
            case RONDO_STREAM: #expect(streams.indices.contains(out) && !streams[out].isBroadcast)
            default: Issue.record("an instruction writes a constant")
            }
          }
          scalars.formUnion(newScalars)
        }
      }
    }
  }

  /// Within a section, memory that is written is read at the same columns or not at all; the row of the step before is other memory.
  @Test(arguments: StressCells.all)
  func sectionsDoNotReadWhatTheyWriteElsewhere(_ cell: CellConformance) {
    let plans = cell.plans()
    for plan in [plans.inference, plans.training, plans.backward, plans.backwardWithoutInput] {
      for (code, streams) in programs(plan) {
        let program = code.program.pointee
        for number in 0..<Int(program.section_count) {
          let section = program.sections[number]
          let range = Int(section.first)..<Int(section.first + section.count)
          func columns(_ operand: rondo_operand) -> (source: Source, columns: Range<Int>)? {
            guard UInt32(operand.kind) == RONDO_STREAM.rawValue else { return nil }
            let stream = streams[Int(operand.index)]
            let width = stream.isBroadcast ? 1 : Int(section.width)
            return (stream.source, stream.source.column..<stream.source.column + width)
          }
          let written = range.compactMap { columns(program.code[$0].out) }
          let read = range.flatMap { program.code[$0].operands.compactMap { columns($0) } }
          for (target, targetColumns) in written {
            for (source, sourceColumns) in read
            where source.buffer == target.buffer && source.mode != .previous
              && sourceColumns.overlaps(targetColumns)
            {
              #expect(source == target)
            }
          }
        }
      }
    }
  }

  private func isReduction(_ instruction: rondo_instruction) -> Bool {
    (RONDO_OP_SUM.rawValue...RONDO_OP_MAXIMUM.rawValue).contains(instruction.op)
  }
}

import CRondoKernels

// After lowering: instructions of a row program that follow from each other become one, so that what is between them is neither stored nor read
// again. A combined instruction rounds where its parts rounded, so that no bit changes.

/// The instructions of one section with pairs combined where the first one's result is read by the second alone.
///
/// - Parameters:
///   - isOne: Whether a constant is 1.
///   - mayOverlap: Whether two streams may lie in the same memory.
package func combined(
  _ instructions: [rondo_instruction], isOne: @escaping (rondo_operand) -> Bool,
  mayOverlap: (Int, Int) -> Bool
) -> [rondo_instruction] {
  var code = instructions
  for join in joins(isOne) {
    var first = 0
    while first < code.count {
      if let (second, joined) = joinedWithReader(first, of: code, join, mayOverlap) {
        code[second] = joined
        code.remove(at: first)
        first = 0
      } else {
        first += 1
      }
    }
  }
  return code
}

/// Makes one instruction of two, of which the second reads the first one's result as an operand of the given position.
private typealias Join = (
  _ first: rondo_instruction, _ second: rondo_instruction, _ position: Int
) -> rondo_instruction?

/// In the order in which they are tried: what 1 − a² is part of before what is any complement, and both before the factors around them.
private func joins(_ isOne: @escaping (rondo_operand) -> Bool) -> [Join] {
  func join(_ first: rondo_op, _ second: rondo_op, _ body: @escaping Join) -> Join {
    { $0.op == first.rawValue && $1.op == second.rawValue ? body($0, $1, $2) : nil }
  }
  /// Of a second instruction whose first two operands may change places.
  func joinFactor(
    _ first: rondo_op, _ second: rondo_op, into op: rondo_op,
    _ operands: @escaping (_ first: rondo_instruction, _ other: rondo_operand) -> [rondo_operand]?
  ) -> Join {
    join(first, second) { first, second, position in
      guard position < 2, let operands = operands(first, position == 0 ? second.b : second.a) else {
        return nil
      }
      return rondo_instruction(
        op, out: second.out, operands + (second.op == RONDO_OP_FMA.rawValue ? [second.c] : []))
    }
  }
  return [
    join(RONDO_OP_MUL, RONDO_OP_SUB) { first, second, position in
      guard position == 1, isOne(second.a), first.a == first.b else { return nil }
      return rondo_instruction(RONDO_OP_SQUARE_COMPLEMENT, out: second.out, [first.a])
    },
    joinFactor(RONDO_OP_SQUARE_COMPLEMENT, RONDO_OP_MUL, into: RONDO_OP_TANH_GRADIENT) { [$1, $0.a] },
    joinFactor(RONDO_OP_SQUARE_COMPLEMENT, RONDO_OP_FMA, into: RONDO_OP_TANH_GRADIENT_ADD) { [$1, $0.a] },
    joinFactor(RONDO_OP_SUB, RONDO_OP_MUL, into: RONDO_OP_COMPLEMENT_MUL) { isOne($0.a) ? [$0.b, $1] : nil },
    joinFactor(RONDO_OP_SUB, RONDO_OP_FMA, into: RONDO_OP_COMPLEMENT_FMA) { isOne($0.a) ? [$0.b, $1] : nil },
    joinFactor(RONDO_OP_COMPLEMENT_MUL, RONDO_OP_MUL, into: RONDO_OP_SIGMOID_GRADIENT) {
      $0.a == $0.b ? [$1, $0.a] : nil
    },
    join(RONDO_OP_MUL, RONDO_OP_SIGMOID_GRADIENT) { first, second, position in
      guard position == 0 else { return nil }
      return rondo_instruction(RONDO_OP_MUL_SIGMOID_GRADIENT, out: second.out, [first.a, first.b, second.b])
    },
    join(RONDO_OP_MUL, RONDO_OP_TANH_GRADIENT) { first, second, position in
      guard position == 0 else { return nil }
      return rondo_instruction(RONDO_OP_MUL_TANH_GRADIENT, out: second.out, [first.a, first.b, second.b])
    },
    joinFactor(RONDO_OP_MUL, RONDO_OP_MUL, into: RONDO_OP_MUL_MUL) { [$0.a, $0.b, $1] },
  ]
}

private func joinedWithReader(
  _ first: Int, of code: [rondo_instruction], _ join: @escaping Join, _ mayOverlap: (Int, Int) -> Bool
) -> (second: Int, joined: rondo_instruction)? {
  let result = code[first].out
  guard result.kind == RONDO_REGISTER.rawValue else { return nil }
  var reads: [(instruction: Int, position: Int)] = []
  for index in code.indices[(first + 1)...] {
    for (position, operand) in code[index].operands.enumerated() where operand == result {
      reads.append((index, position))
    }
    if code[index].out == result { break }
  }
  guard reads.count == 1, let joined = join(code[first], code[reads[0].instruction], reads[0].position) else {
    return nil
  }
  // The operands of the first are read later now.
  for between in code[(first + 1)..<reads[0].instruction] {
    for operand in code[first].operands {
      let isStream = operand.kind == RONDO_STREAM.rawValue && between.out.kind == RONDO_STREAM.rawValue
      if operand == between.out || isStream && mayOverlap(Int(operand.index), Int(between.out.index)) {
        return nil
      }
    }
  }
  return (reads[0].instruction, joined)
}

extension rondo_instruction {
  fileprivate init(_ op: rondo_op, out: rondo_operand, _ operands: [rondo_operand]) {
    let none = rondo_operand(kind: 0, index: 0)
    self.init(
      op: op.rawValue, out: out, a: operands[0], b: operands.count > 1 ? operands[1] : none,
      c: operands.count > 2 ? operands[2] : none)
  }

  /// What it reads.
  package var operands: [rondo_operand] {
    switch rondo_op(op) {
    case RONDO_OP_ADD, RONDO_OP_SUB, RONDO_OP_MUL, RONDO_OP_DIV, RONDO_OP_MIN, RONDO_OP_MAX, RONDO_OP_LESS,
      RONDO_OP_COMPLEMENT_MUL, RONDO_OP_SIGMOID_GRADIENT, RONDO_OP_TANH_GRADIENT:
      [a, b]
    case RONDO_OP_SELECT, RONDO_OP_FMA, RONDO_OP_COMPLEMENT_FMA, RONDO_OP_MUL_MUL,
      RONDO_OP_MUL_SIGMOID_GRADIENT,
      RONDO_OP_TANH_GRADIENT_ADD, RONDO_OP_MUL_TANH_GRADIENT:
      [a, b, c]
    default: [a]
    }
  }
}

extension rondo_operand {
  fileprivate static func == (a: rondo_operand, b: rondo_operand) -> Bool {
    a.kind == b.kind && a.index == b.index
  }
}

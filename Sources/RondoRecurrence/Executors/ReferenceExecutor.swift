import CRondoKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Double precision, one value at a time: slow, obviously correct, the oracle of gradient checks and of every other executor.
package enum ReferenceExecutor: Executor {
  package typealias Element = Double

  package static func packedSize(outputs: Int, depth: Int) -> Int { outputs * depth }

  package static func panelCount(outputs: Int) -> Int { outputs }

  package static func pack(
    outputs: Int, depth: Int, _ weight: UnsafePointer<Double>, outputStride: Int, depthStride: Int,
    panels: Range<Int>, into packed: UnsafeMutablePointer<Double>
  ) {
    for j in panels {
      for i in 0..<depth { packed[j * depth + i] = weight[j * outputStride + i * depthStride] }
    }
  }

  package static func product(
    rows: Int, outputs: Int, depth: Int, _ x: UnsafePointer<Double>, stride: Int,
    _ packed: UnsafePointer<Double>,
    panels: Range<Int>, start: UnsafePointer<Double>?, startStride: Int,
    into out: UnsafeMutablePointer<Double>,
    outStride: Int
  ) {
    for r in 0..<rows {
      for j in panels {
        var sum = start.map { $0[r * startStride + j] } ?? 0
        for i in 0..<depth { sum = sum.addingProduct(x[r * stride + i], packed[j * depth + i]) }
        out[r * outStride + j] = sum
      }
    }
  }

  package static func scratchSize(of program: ProgramCode) -> Int {
    let program = program.program.pointee
    let widest = (0..<Int(program.section_count)).map { Int(program.sections[$0].width) }.max() ?? 0
    return Int(program.scalar_count) + Int(program.register_count) * widest
  }

  package static func run(
    _ code: ProgramCode, _ streams: UnsafePointer<Stream<Double>>, rows: Int,
    scratch: UnsafeMutablePointer<Double>
  ) {
    let program = code.program.pointee
    let registers = scratch + Int(program.scalar_count)
    for row in 0..<rows {
      for number in 0..<Int(program.section_count) {
        let section = program.sections[number]
        let width = Int(section.width)
        func load(_ operand: rondo_operand, _ column: Int) -> Double {
          let index = Int(operand.index)
          switch rondo_operand_kind(UInt32(operand.kind)) {
          case RONDO_REGISTER: return registers[index * width + column]
          case RONDO_SCALAR: return scratch[index]
          case RONDO_CONSTANT: return code.constants[index]
          default:
            return streams[index].base[row * streams[index].rowStride + column * streams[index].columnStride]
          }
        }
        for number in Int(section.first)..<Int(section.first + section.count) {
          let instruction = program.code[number]
          let op = rondo_op(instruction.op)
          if isReduction(op) {
            var result = op == RONDO_OP_MAXIMUM ? -Double.infinity : 0
            for column in 0..<width {
              let value = load(instruction.a, column)
              switch op {
              case RONDO_OP_SUM: result += value
              case RONDO_OP_SUM_OF_PRODUCTS: result += value * load(instruction.b, column)
              case RONDO_OP_SUM_OF_NEGATIVES: result -= value
              default: if value > result { result = value }
              }
            }
            scratch[Int(instruction.out.index)] = result
            continue
          }
          for column in 0..<width {
            let value =
              isMovement(op)
              ? move(op, Int(instruction.b.index), column, width: width) { load(instruction.a, $0) }
              : evaluate(
                op, load(instruction.a, column), load(instruction.b, column), load(instruction.c, column))
            let index = Int(instruction.out.index)
            if UInt32(instruction.out.kind) == RONDO_REGISTER.rawValue {
              registers[index * width + column] = value
            } else {
              streams[index].base[row * streams[index].rowStride + column * streams[index].columnStride] =
                value
            }
          }
        }
      }
    }
  }

  private static func isReduction(_ op: rondo_op) -> Bool {
    (RONDO_OP_SUM.rawValue...RONDO_OP_MAXIMUM.rawValue).contains(op.rawValue)
  }

  private static func isMovement(_ op: rondo_op) -> Bool {
    (RONDO_OP_REPEAT.rawValue...RONDO_OP_TILE_SUM.rawValue).contains(op.rawValue)
  }

  /// A column of what moves columns of the row that `a` reads.
  private static func move(
    _ op: rondo_op, _ n: Int, _ column: Int, width: Int, _ a: (Int) -> Double
  ) -> Double {
    switch op {
    case RONDO_OP_REPEAT: a(column / n)
    case RONDO_OP_TILE: a(column % n)
    case RONDO_OP_GROUP_SUM: (0..<n).reduce(0) { $0 + a(column * n + $1) }
    case RONDO_OP_GROUP_MAXIMUM: (0..<n).map { a(column * n + $0) }.max()!
    default: (0..<n).reduce(0) { $0 + a($1 * width + column) }
    }
  }

  private static func evaluate(_ op: rondo_op, _ a: Double, _ b: Double, _ c: Double) -> Double {
    switch op {
    case RONDO_OP_COPY: a
    case RONDO_OP_ADD: a + b
    case RONDO_OP_SUB: a - b
    case RONDO_OP_MUL: a * b
    case RONDO_OP_DIV: a / b
    case RONDO_OP_MIN: a < b ? a : b
    case RONDO_OP_MAX: a > b ? a : b
    case RONDO_OP_LESS: a < b ? 1 : 0
    case RONDO_OP_SELECT: a != 0 ? b : c
    case RONDO_OP_FMA: c.addingProduct(a, b)
    case RONDO_OP_NEG: -a
    case RONDO_OP_ABS: abs(a)
    case RONDO_OP_EXP: exp(a)
    case RONDO_OP_LOG: log(a)
    case RONDO_OP_SIGMOID: 1 / (1 + exp(-a))
    case RONDO_OP_TANH: tanh(a)
    case RONDO_OP_RELU: a > 0 ? a : 0
    case RONDO_OP_SOFTPLUS: (a > 0 ? a : 0) + log1p(exp(-abs(a)))
    case RONDO_OP_SQRT: a.squareRoot()
    case RONDO_OP_SIN: sin(a)
    case RONDO_OP_COS: cos(a)
    case RONDO_OP_COMPLEMENT_MUL: (1 - a) * b
    case RONDO_OP_COMPLEMENT_FMA: c.addingProduct(1 - a, b)
    case RONDO_OP_SQUARE_COMPLEMENT: 1 - a * a
    case RONDO_OP_MUL_MUL: (a * b) * c
    case RONDO_OP_SIGMOID_GRADIENT: a * ((1 - b) * b)
    case RONDO_OP_MUL_SIGMOID_GRADIENT: (a * b) * ((1 - c) * c)
    case RONDO_OP_TANH_GRADIENT: a * (1 - b * b)
    case RONDO_OP_TANH_GRADIENT_ADD: c.addingProduct(a, 1 - b * b)
    case RONDO_OP_MUL_TANH_GRADIENT: (a * b) * (1 - c * c)
    default: fatalError("ReferenceExecutor: instruction \(op.rawValue)")
    }
  }

  package static func softmaxOverRows(
    rows: Int, width: Int, _ x: UnsafePointer<Double>, stride: Int, into y: UnsafeMutablePointer<Double>,
    yStride: Int
  ) {
    for j in 0..<width {
      let largest = (0..<rows).map { x[$0 * stride + j] }.max() ?? 0
      var sum = 0.0
      for r in 0..<rows {
        y[r * yStride + j] = exp(x[r * stride + j] - largest)
        sum += y[r * yStride + j]
      }
      for r in 0..<rows { y[r * yStride + j] /= sum }
    }
  }

  package static func mask(
    width: Int, keys: (UInt32, UInt32), probability: Float, into mask: UnsafeMutablePointer<Double>
  ) {
    for (column, value) in Mask.row(width: width, keys: keys, probability: probability).enumerated() {
      mask[column] = Double(value)
    }
  }

  package static func outerScratchSize(width: Int) -> Int { 0 }

  package static func outer(
    rows: Int, columns: Range<Int>, width: Int, _ a: UnsafePointer<Double>, aStride: Int,
    _ b: UnsafePointer<Double>,
    bStride: Int, into out: UnsafeMutablePointer<Double>, outStride: Int,
    scratch: UnsafeMutablePointer<Double>
  ) {
    for r in 0..<rows {
      for i in columns {
        for j in 0..<width { out[i * outStride + j] += a[r * aStride + i] * b[r * bStride + j] }
      }
    }
  }

  package static func columnSum(
    rows: Int, columns: Range<Int>, _ a: UnsafePointer<Double>, stride: Int,
    into out: UnsafeMutablePointer<Double>
  ) {
    for r in 0..<rows {
      for j in columns { out[j] += a[r * stride + j] }
    }
  }

  package static func sumOfRows(
    _ count: Int, _ a: UnsafePointer<UnsafePointer<Element>?>, _ b: UnsafePointer<UnsafePointer<Element>?>?,
    columns: Range<Int>,
    into out: UnsafeMutablePointer<Element>
  ) {
    for column in columns {
      var sum: Element = 0
      for row in 0..<count { sum += a[row]![column] * (b.map { $0[row]![column] } ?? 1) }
      out[column] += sum
    }
  }
}

import CRondoKernels

/// Single precision through the SIMD kernels: what trains and serves.
package enum VectorExecutor: Executor {
  package typealias Element = Float

  package static func packedSize(outputs: Int, depth: Int) -> Int { rondo_packed_size(outputs, depth) }

  package static func panelCount(outputs: Int) -> Int { rondo_panel_count(outputs) }

  package static func pack(
    outputs: Int, depth: Int, _ weight: UnsafePointer<Float>, outputStride: Int, depthStride: Int,
    panels: Range<Int>, into packed: UnsafeMutablePointer<Float>
  ) {
    rondo_pack(
      outputs, depth, weight, outputStride, depthStride, panels.lowerBound, panels.upperBound, packed)
  }

  package static func product(
    rows: Int, outputs: Int, depth: Int, _ x: UnsafePointer<Float>, stride: Int,
    _ packed: UnsafePointer<Float>,
    panels: Range<Int>, start: UnsafePointer<Float>?, startStride: Int, into out: UnsafeMutablePointer<Float>,
    outStride: Int
  ) {
    rondo_gemm(
      rows, outputs, depth, x, stride, packed, panels.lowerBound, panels.upperBound, start, startStride, out,
      outStride)
  }

  package static func scratchSize(of program: ProgramCode) -> Int {
    rondo_row_program_scratch_size(program.program)
  }

  package static func run(
    _ program: ProgramCode, _ streams: UnsafePointer<Stream<Float>>, rows: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let streams = UnsafeRawPointer(streams).assumingMemoryBound(to: rondo_stream.self)
    rondo_row_program_run(program.program, streams, rows, scratch)
  }

  package static func softmaxOverRows(
    rows: Int, width: Int, _ x: UnsafePointer<Float>, stride: Int, into y: UnsafeMutablePointer<Float>,
    yStride: Int
  ) {
    rondo_softmax_over_rows(rows, width, x, stride, y, yStride)
  }

  package static func mask(
    width: Int, keys: (UInt32, UInt32), probability: Float, into mask: UnsafeMutablePointer<Float>
  ) {
    rondo_dropout_mask(width, keys.0, keys.1, probability, mask)
  }

  package static func outerScratchSize(width: Int) -> Int { rondo_outer_scratch_size(width) }

  package static func outer(
    rows: Int, columns: Range<Int>, width: Int, _ a: UnsafePointer<Float>, aStride: Int,
    _ b: UnsafePointer<Float>,
    bStride: Int, into out: UnsafeMutablePointer<Float>, outStride: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    rondo_outer(
      rows, columns.lowerBound, columns.upperBound, width, a, aStride, b, bStride, out, outStride, scratch)
  }

  package static func columnSum(
    rows: Int, columns: Range<Int>, _ a: UnsafePointer<Float>, stride: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    rondo_column_sum(rows, columns.lowerBound, columns.upperBound, a, stride, out)
  }

  package static func sumOfRows(
    _ count: Int, _ a: UnsafePointer<UnsafePointer<Float>?>, _ b: UnsafePointer<UnsafePointer<Float>?>?,
    columns: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    rondo_sum_of_rows(count, a, b, columns.lowerBound, columns.upperBound, out)
  }
}

import RondoCore
import Testing

struct RequireTests {
  /// Also in release builds, in which these tests run.
  @Test func messagesNameTheOperationAndBothShapes() async throws {
    let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = matmul(tape.leaf(Tensor(zeros: [2, 3])), tape.leaf(Tensor(zeros: [4, 5])))
    }
    let message = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(message.contains("matmul: shapes [2, 3] and [4, 5]"))
  }
}

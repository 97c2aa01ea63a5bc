import RondoData
import Testing

@Suite struct NearestNameTests {
  @Test func findsSlipsOnly() {
    let names = ["elman", "lstm", "gru", "gru-before"]
    #expect(NearestName.of("lstmm", among: names) == "lstm")
    #expect(NearestName.of("LSTM", among: names) == "lstm")
    #expect(NearestName.of("gru_before", among: names) == "gru-before")
    #expect(NearestName.of("transformer", among: names) == nil)
    #expect(NearestName.of("x", among: []) == nil)
  }

  @Test func distances() {
    #expect(NearestName.distance("kitten", "sitting") == 3)
    #expect(NearestName.distance("", "abc") == 3)
    #expect(NearestName.distance("abc", "") == 3)
  }
}

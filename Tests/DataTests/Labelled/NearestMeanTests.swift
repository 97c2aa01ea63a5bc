import RondoData
import RondoTestSupport
import Testing

@Suite struct NearestMeanTests {
  /// One feature. Label 0: steps 0, 2 (mean 1, deviation 1) and 1, 1 (1, 0); label 1: 4, 6 (5, 1) and 5, 5 (5, 0). Over the training set the
  /// means deviate by 2 and the deviations by 0.5, so that the label means are (0.5, 1) and (2.5, 1), and a mean of 3 is as far from both.
  private let sequences: [[Float]] = [[0, 2], [1, 1], [4, 6], [5, 5]]

  @Test func computedByHand() {
    let classifier = NearestMean(sequences: sequences, featureCount: 1, labels: [0, 0, 1, 1], labelCount: 2)
    #expect(classifier.label(of: [2.9, 2.9, 2.9]) == 0)
    #expect(classifier.label(of: [3.1]) == 1)
    #expect(classifier.label(of: [3]) == 0)
    #expect(classifier.label(of: [2, 4]) == 0)
    #expect(classifier.label(of: []) == 0)
  }

  /// The scale of a feature does not matter: without the division, the second one would decide alone.
  @Test func featuresAreStandardised() {
    // The means are (0, 0), (0, 3000) with label 0 and (3, 1000), (3, 4000) with label 1.
    let classifier = NearestMean(
      sequences: [[0, 0], [0, 3000], [3, 1000], [3, 4000]], featureCount: 2, labels: [0, 0, 1, 1],
      labelCount: 2)
    #expect(classifier.label(of: [0, 2400]) == 0)
    #expect(classifier.label(of: [3, 1600]) == 1)
  }

  /// Sequences of the same mean that vary more or less.
  @Test func deviationsCount() {
    let classifier = NearestMean(
      sequences: [[0, 0, 0, 0], [-1, 1, -1, 1]], featureCount: 1, labels: [1, 0], labelCount: 2)
    #expect(classifier.label(of: [-2, 2]) == 0)
    #expect(classifier.label(of: [-0.4, 0.4]) == 1)
    #expect(classifier.label(of: []) == 1)
  }

  @Test func constantFeaturesAndLabelsWithoutSequences() {
    let classifier = NearestMean(
      sequences: [[0.1, 1, 0.1, 1, 0.1, 1], [0.1, 2, 0.1, 2]], featureCount: 2, labels: [1, 3], labelCount: 4)
    #expect(classifier.label(of: [0.1, 1.4]) == 1)
    #expect(classifier.label(of: [0.1, 1.6]) == 3)
    #expect(classifier.label(of: [0.2, 1.6]) == 3)
  }

  @Test func misuseStops() async {
    await #expect(processExitsWith: .failure) {
      _ = NearestMean(sequences: [[1, 2, 3]], featureCount: 2, labels: [0], labelCount: 1)
    }
  }

  /// The Japanese vowels: means and deviations of the cepstra tell most speakers apart (chance is 11 %, the largest class 24 %).
  @Test(.needsData) func japaneseVowels() throws {
    func read(_ part: String) throws -> [LabelledSequences.Item] {
      let path = try DataSets.path("speech/japanese-vowels/JapaneseVowels_\(part).ts")
      return try LabelledSequences(contentsOf: path, labels: .required).items
    }
    let training = try read("TRAIN")
    let classifier = NearestMean(
      sequences: training.map(\.values), featureCount: 12, labels: training.map { Int($0.label!)! - 1 },
      labelCount: 9)
    let test = try read("TEST")
    let correct = test.count { classifier.label(of: $0.values) == Int($0.label!)! - 1 }
    #expect(0.94...0.95 ~= Double(correct) / 370, "\(correct) of 370")
  }
}

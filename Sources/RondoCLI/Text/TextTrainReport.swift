import Foundation
import RondoCore
import RondoData
import RondoTasks
import RondoTraining

/// What a training run prints when it is done.
struct TextTrainReport {
  let config: TextConfig
  let directory: String

  func print(json: Bool) throws {
    if json { return try StandardOutput.print(object) }
    for line in lines { try StandardOutput.print(line) }
  }

  private var unit: String { config.text.level.unitName }

  private var lines: [String] {
    let run = config.run
    var lines = [run.sentence]
    if let loss = config.results.heldOutLoss {
      var line =
        "held out: \(Self.describe(loss, unit)) over \(config.results.scoredTokens ?? 0) \(unit)s, "
        + "with the weights of step \(config.results.bestStep ?? run.steps)"
      if let unigram = config.results.unigramLoss {
        line += "; a unigram model: \(Self.describe(unigram, unit))"
      }
      lines.append(line)
    }
    lines.append("saved in \(directory)")
    return lines
  }

  private var object: JSON {
    var object: JSON.Object = [
      "directory": .string(directory), "steps": .integer(config.run.steps),
      "epochs": .number(config.run.epochs),
      "seconds": .number(config.run.seconds), "ended": .string(config.run.ended.rawValue),
      "parameters": .integer(config.results.parameters),
    ]
    object["held_out_loss"] = config.results.heldOutLoss.map(JSON.number) ?? .null
    object["unigram_loss"] = config.results.unigramLoss.map(JSON.number) ?? .null
    return .object(object)
  }

  /// A loss as people of the level's field read it.
  static func describe(_ loss: Double, _ unit: String) -> String {
    let perplexity = PortableMath.exp(loss)
    return String(
      format: "%.4f nats/%@ (perplexity %@)", loss, unit as NSString, short(perplexity) as NSString)
  }

  private static func short(_ value: Double) -> String {
    String(format: value < 100 ? "%.2f" : value < 1e6 ? "%.1f" : "%.3g", value)
  }
}

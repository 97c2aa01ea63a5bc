import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining

/// Settings of a model of a few thousand weights.
func smallSettings(_ change: (inout TextSettings) -> Void = { _ in }) -> TextSettings {
  var settings = TextSettings()
  settings.architecture.hidden = [12, 12]
  settings.architecture.embedding = 7
  settings.architecture.dropout = 0.1
  settings.training.batch = 4
  settings.training.length = 10
  settings.training.learningRate = 0.02
  settings.training.budget = .steps(30)
  change(&settings)
  return settings
}

/// Trains on a text in a folder and returns what `config.json` says; the model is in `folder("model")`.
@discardableResult
func trainModel(
  in folder: TemporaryFolder, name: String = "model", text: String = SampleText.sentences(200),
  _ settings: TextSettings = smallSettings()
) throws -> TextConfig {
  let file = folder.file("text.txt", text)
  let request = TextTraining.Request(
    files: [file], directory: folder(name), settings: settings, command: "a test")
  return try TextTraining(request).run { _ in }
}

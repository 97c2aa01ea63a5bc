// Defines a cell outside Rondo, trains it, and steps it: what a package that uses Rondo must be able to do.
import Rondo

func check(_ condition: Bool, _ message: String) {
  if !condition { fatalError(message) }
}

/// A new model around a cell, and its initial weights.
func make(_ cell: some Cell) -> (EchoModel, ParameterStore) {
  let builder = Builder(seed: 1)
  let model = EchoModel(builder, cell)
  return (model, builder.finish())
}

/// The model's loss on sequences that training does not see.
func loss(_ model: EchoModel, _ weights: ParameterStore) -> Float {
  model.loss(Tape(weights, training: false), step: -1).value.scalar
}

let (model, weights) = make(MyLSTM(hiddenSize: 16))
let (builtIn, builtInWeights) = make(LSTM(hiddenSize: 16))
check(model.rnn.plan == builtIn.rnn.plan, "the same equations give another plan:\n\(model.rnn.plan)")

var options = TrainingOptions()
options.learningRate = 0.01
options.validationFraction = 0
options.budget = .steps(300)
let trained = try Trainer(EchoProgram(model), parameters: weights, options: options).run().parameters
let (before, after) = (loss(model, weights), loss(model, trained))
check(after < before / 4, "training took the loss from \(before) to \(after) only")
let trainedBuiltIn = try Trainer(EchoProgram(builtIn), parameters: builtInWeights, options: options).run()
check(
  trained == trainedBuiltIn.parameters, "the same equations trained to other weights than the built-in LSTM's"
)

let inputs: [Float] = [0.5, -1, 0.25, 0, 2, -0.5, 0.125]
let (rows, _) = model.rnn(
  Tape(trained, training: false).constant(Tensor([inputs.count, 1], inputs)), SequenceLayout([inputs.count]))
let session = Session([model.rnn], trained)
let steps = inputs.flatMap { session.step([$0]) }
check(steps == rows.value.values, "stepping gave other values than the whole sequence")
print("MyLSTM learned: squared error \(before) before, \(after) after 300 steps")

if CommandLine.arguments.contains("--speed") {
  print("MyLSTM runs at \(speedOfMyLSTM()) times the speed of the built-in LSTM")
}

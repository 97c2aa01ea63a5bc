import RondoNN
import RondoRecurrence
import RondoTestSupport

// Cells that no library needs and every engine must run: each has in it something that planning could get wrong.

enum StressCells {
  static let all: [CellConformance] = ofEveryStep + MemoryCells.all

  private static let ofEveryStep: [CellConformance] = [
    CellConformance("layer-norm LSTM", LayerNormLSTM(hiddenSize: 5)),
    CellConformance("layer-norm LSTM, hidden size 1", LayerNormLSTM(hiddenSize: 1)),
    CellConformance("every operation", EveryOperation(hiddenSize: 4)),
    CellConformance(
      "every operation, hidden size 1, input size 1", EveryOperation(hiddenSize: 1), inputSize: 1),
    CellConformance("softmax gate", SoftmaxGate(hiddenSize: 5)),
    CellConformance("softmax gate, hidden size 1", SoftmaxGate(hiddenSize: 1)),
    CellConformance("stack in one cell", StackInOneCell(lower: 5, upper: 4)),
    CellConformance("swapped states", SwappedStates(hiddenSize: 4)),
    CellConformance("rotated states", RotatedStates()),
    CellConformance("token shift", TokenShift(hiddenSize: 4)),
    CellConformance("token shift, input size 1", TokenShift(hiddenSize: 4, inputSize: 1), inputSize: 1),
    CellConformance("delayed activation", DelayedActivation(hiddenSize: 4)),
    CellConformance("chain of delays", ChainOfDelays(hiddenSize: 4)),
    CellConformance("delay read by a loop", DelayReadByLoop(hiddenSize: 4)),
    CellConformance("delayed output", DelayedOutput(hiddenSize: 4)),
    CellConformance("unassigned state", UnassignedState(hiddenSize: 4)),
    CellConformance("state nobody reads", StateNobodyReads(hiddenSize: 4)),
    CellConformance("output is a slice", OutputSlice(hiddenSize: 4)),
    CellConformance("output is a concatenation", OutputConcatenation(hiddenSize: 4)),
    CellConformance("output is the input", OutputIsInput(hiddenSize: 4)),
    CellConformance("output is a parameter", OutputIsParameter(hiddenSize: 4)),
    CellConformance("slices of states", SlicesOfStates()),
    CellConformance("overlapping slices", OverlappingSlices(hiddenSize: 4)),
    CellConformance("sum of overlapping slices", SumOfOverlappingSlices(hiddenSize: 18)),
    CellConformance("nested concatenations", NestedConcatenations(hiddenSize: 4)),
    CellConformance("sums side by side", SumsSideBySide(hiddenSize: 4)),
    CellConformance("sum of a product", SumOfProduct(hiddenSize: 4)),
    CellConformance("sum of a concatenation", SumOfConcatenation(hiddenSize: 4)),
    CellConformance("sum of parameters", SumOfParameters(hiddenSize: 4)),
    CellConformance("peephole LSTM", PeepholeLSTM(hiddenSize: 5)),
    CellConformance("peephole LSTM, hidden size 1, input size 1", PeepholeLSTM(hiddenSize: 1), inputSize: 1),
    CellConformance("projected LSTM", ProjectedLSTM(hiddenSize: 5, outputSize: 2)),
    CellConformance("gated weights", GatedWeights(hiddenSize: 4)),
    CellConformance("gated weights without a loop", GatedWeights(hiddenSize: 4, isRecurrent: false)),
    CellConformance("normalised weights", NormalisedWeights(hiddenSize: 4)),
    CellConformance(
      "normalised weights without a loop", NormalisedWeights(hiddenSize: 4, isRecurrent: false)),
    CellConformance("weights of vectors", WeightsOfVectors(hiddenSize: 4)),
    CellConformance("product of a vector", ProductOfVector(hiddenSize: 4)),
    CellConformance("bias of width 1", BiasOfWidth1(hiddenSize: 4)),
    CellConformance("matrix of one row", MatrixOfOneRow(hiddenSize: 4)),
    CellConformance("minGRU", MinGRU(hiddenSize: 4)),
    CellConformance("minGRU, input size 1", MinGRU(hiddenSize: 4), inputSize: 1),
    CellConformance("minGRU with recurrent products", MinGRU(hiddenSize: 4, isRecurrent: true)),
    CellConformance("masks that are rows and weights", MasksAsRows(hiddenSize: 4)),
    CellConformance("weight of repeated columns", WeightOfRepeatedColumns(hiddenSize: 4)),
    CellConformance("tied parameters", TiedParameters(hiddenSize: 4)),
    CellConformance("linear recurrence", LinearRecurrence(hiddenSize: 4)),
    CellConformance("linear recurrence as output", LinearRecurrence(hiddenSize: 4, isOutput: true)),
    CellConformance("a state that is a product", ProductState(hiddenSize: 4)),
    CellConformance("moving average without parameters", MovingAverage(hiddenSize: 3)),
    CellConformance("counter", Counter()),
    CellConformance("state set to a parameter", StateSetToParameter(hiddenSize: 4)),
    CellConformance("two loops side by side", TwoLoopsSideBySide(hiddenSize: 4)),
    CellConformance("three loops in a chain", ThreeLoopsInAChain(hiddenSize: 4)),
    CellConformance("sLSTM", StabilisedLSTM(hiddenSize: 4)),
    CellConformance("LSTM, hidden size 1, input size 1", LSTM(hiddenSize: 1), inputSize: 1),
    CellConformance("GRU, hidden size 1", GRU(hiddenSize: 1)),
    CellConformance(
      "GRU with the reset before, input size 1", GRU(hiddenSize: 4, reset: .before), inputSize: 1),
  ]
}

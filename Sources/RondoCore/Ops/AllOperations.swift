/// Every differentiable operation. Listing one here buys it the conformance suite.
private let allOperations: [any DifferentiableOperation.Type] = [
  Add.self,
  Concatenate.self,
  CrossEntropy.self,
  Divide.self,
  Dropout.self,
  Exp.self,
  GatherRows.self,
  GaussianLikelihood.self,
  LayerNorm.self,
  LinearCrossEntropy.self,
  LinearMap.self,
  Log.self,
  MatrixMultiply.self,
  MeanSquaredError.self,
  Multiply.self,
  NegativeBinomialLikelihood.self,
  PoolSequences.self,
  QuantileLoss.self,
  Relu.self,
  Reshape.self,
  Sigmoid.self,
  Slice.self,
  Softmax.self,
  StudentTLikelihood.self,
  Subtract.self,
  Sum.self,
  Tanh.self,
]

extension OperationCheck {
  /// The cases of every operation.
  public static var all: [OperationCheck] { allOperations.flatMap { $0.checks } }
}

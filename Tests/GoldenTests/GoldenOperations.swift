import LongtailTestSupport

/// Every operation that the golden tests know. A new capability adds a file in `Operations` and a line here.
let goldenOperations: [GoldenOperation] =
  samplingOperations
  + longTailOperations
  + evaluationOperations
  + balancedSoftmaxOperations
  + baselineLossOperations
  + ldamOperations
  + scheduleOperations
  + adaptiveParametricOperations
  + mixingOperations
  + classBalancedDistillationOperations
  + featureBankOperations
  + metaSamplingOperations
  + selfDistillationOperations
  + normalizedClassifierOperations
  + diverseExpertOperations
  + knowledgeTransferOperations
  + consistentExpertOperations
  + biasVarianceOperations
  + expertNetworkOperations

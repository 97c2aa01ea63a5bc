@_exported import RondoCore
@_exported import RondoData
@_exported import RondoNN
@_exported import RondoRecurrence
@_exported import RondoTasks
@_exported import RondoTraining

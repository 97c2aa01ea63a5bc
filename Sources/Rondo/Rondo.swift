@_exported import RondoCore
@_exported import RondoNN
@_exported import RondoRecurrence

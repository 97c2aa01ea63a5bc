@_exported import RondoCore

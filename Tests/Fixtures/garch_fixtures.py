"""Writes garch_fixtures.safetensors: what arch fits to the S&P 500, which it ships.

    pip install arch numpy
    python3 Tests/Fixtures/garch_fixtures.py

Returns are 100 log(p_t / p_{t-1}) of the adjusted closes of 1999-01-04 to 2018-12-31; the last 1,000 are the test part.

parameters      mean, omega, alpha, beta of GARCH(1,1) with a constant mean and normal errors, of all but the test part
log_likelihood  its maximum
variances       one step ahead: of the first return, the last 100 of the fit and the 1,000 of the test part, by these parameters
ewma            the same of RiskMetrics' weights, the last 1,100
"""

import json
import pathlib
import struct

import arch
import numpy
from arch.data import sp500

TEST = 1000


def write(path, arrays, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, array in arrays.items():
        array = numpy.ascontiguousarray(array, "<f8")
        end = len(data) + array.nbytes
        header[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    prices = sp500.load()["Adj Close"].to_numpy()
    returns = 100 * numpy.diff(numpy.log(prices))
    fit = arch.arch_model(returns[:-TEST], mean="Constant", vol="GARCH", p=1, q=1).fit(
        disp="off", tol=1e-12, options={"maxiter": 1000}
    )
    everything = arch.arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1).fix(fit.params)
    variances = everything.conditional_volatility**2
    model = arch.univariate.ZeroMean(returns, volatility=arch.univariate.EWMAVariance(0.94))
    ewma = model.fit(disp="off").conditional_volatility ** 2
    arrays = {
        "parameters": fit.params.to_numpy(),
        "log_likelihood": [fit.loglikelihood],
        "variances": numpy.concatenate([variances[:1], variances[-TEST - 100 :]]),
        "ewma": ewma[-TEST - 100 :],
    }
    write(pathlib.Path(__file__).with_suffix(".safetensors"), arrays, {"arch": arch.__version__})


if __name__ == "__main__":
    main()

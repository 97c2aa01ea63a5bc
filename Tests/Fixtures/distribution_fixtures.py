"""Writes distribution_fixtures.safetensors: functions of distributions, computed by mpmath with 50 digits.

    pip install mpmath numpy
    python3 Tests/Fixtures/distribution_fixtures.py

gamma      columns x, log gamma(x), digamma(x)
normal     columns x, probability of x or less, its logarithm as a density
student    columns degrees of freedom, x, probability of x or less, logarithm of the density
negative   columns mean, shape, x, probability of x or less, probability of more, logarithm of the probability
counts     columns mean, shape, probability, quantile of the negative binomial distribution
"""

import json
import pathlib
import struct

import mpmath
import numpy
from mpmath import mp, mpf

mp.dps = 50


def write(path, arrays, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, array in arrays.items():
        array = numpy.ascontiguousarray(numpy.array(array, dtype=object).astype(float), "<f8")
        end = len(data) + array.nbytes
        header[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def gamma(x):
    return [x, mpmath.loggamma(x), mpmath.digamma(x)]


def normal(x):
    return [x, mpmath.ncdf(x), mpmath.log(mpmath.npdf(x))]


def student(nu, x):
    nu, x = mpf(nu), mpf(x)
    tail = mpmath.betainc(nu / 2, mpf(1) / 2, 0, nu / (nu + x * x), regularized=True) / 2
    log_density = (
        mpmath.loggamma((nu + 1) / 2) - mpmath.loggamma(nu / 2) - mpmath.log(nu * mp.pi) / 2
        - (nu + 1) / 2 * mpmath.log(1 + x * x / nu)
    )
    return [nu, x, tail if x <= 0 else 1 - tail, log_density]


def log_probability(mean, shape, x):
    mean, shape, x = mpf(mean), mpf(shape), mpf(x)
    r = 1 / shape
    return (
        mpmath.loggamma(x + r) - mpmath.loggamma(r) - mpmath.loggamma(x + 1)
        - (r + x) * mpmath.log(1 + shape * mean) + x * mpmath.log(shape * mean)
    )


def tails(mean, shape, x):
    """By addition on the side that is over sooner."""
    mean, shape = mpf(mean), mpf(shape)
    ratio = mean / (1 + shape * mean)
    term = mpmath.exp(log_probability(mean, shape, x))
    total, k = mpf(0), x
    if x < mean:
        while k >= 0 and term > mpf(10) ** -40 * total:
            total += term
            term *= k / ((1 + shape * (k - 1)) * ratio)
            k -= 1
        return total, 1 - total
    term *= (1 + shape * k) * ratio / (k + 1)
    while term > mpf(10) ** -40 * total:
        total += term
        k += 1
        term *= (1 + shape * k) * ratio / (k + 1)
    return 1 - total, total


def negative(mean, shape, x):
    return [mean, shape, x, *tails(mean, shape, x), log_probability(mean, shape, x)]


def counts(mean, shape, p):
    low, high = -1, 1
    while tails(mean, shape, high)[0] < p:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if tails(mean, shape, middle)[0] < p else (low, middle)
    return [mean, shape, p, high]


def main():
    arguments = [1e-8, 1e-3, 0.1, 0.5, 0.74, 0.76, 0.999, 1 - 1e-7, 1, 1 + 1e-7, 1.1, 1.26, 1.45, 1.5, 1.74, 1.9, 2 - 1e-7, 2, 2.01,
                 2.3, 3, 3.7, 7.99, 9.5, 10, 10.5, 33.3, 1000.25, 1e6, 1e10]  # fmt: skip
    cells = [(3, 0.5), (0.2, 2), (40, 0.1), (700, 0.01), (55, 3), (0.01, 50), (120, 1e-6), (2500, 2e-5), (8, 1e-9)]
    arrays = {
        "gamma": [gamma(x) for x in arguments],
        "normal": [normal(x) for x in [-37, -12.5, -6, -3.01, -2.99, -1, -0.1, 0, 0.5, 1.7, 2.5, 3.5, 8]],
        "student": [
            student(nu, x)
            for nu in [1, 2, 2.01, 2.7, 4, 9.3, 30, 52, 1000, 123456.7]
            for x in [-1000, -15.5, -4, -1.3, -0.2, 0, 0.7, 2.4, 11]
        ],
        "negative": [
            negative(m, a, x)
            for m, a in cells
            for x in sorted({0, 1, int(m / 4), int(m * 0.9), int(m * 1.2) + 1, int(m * 2) + 9})
        ],
        "counts": [counts(m, a, p) for m, a in cells for p in [0.001, 0.1, 0.5, 0.77, 0.975, 0.9999]],
    }
    write(pathlib.Path(__file__).with_suffix(".safetensors"), arrays, {"mpmath": mpmath.__version__})


if __name__ == "__main__":
    main()

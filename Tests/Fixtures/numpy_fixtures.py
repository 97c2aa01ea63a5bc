"""Writes numpy_fixtures/*.npy and *.npz: arrays as NumPy saves them.

    pip install numpy
    python3 Tests/Fixtures/numpy_fixtures.py

TYPE.npy             [2, 3], the numbers -3, -2, …, 2 (unsigned types: 0 to 5; truth values: odd numbers), TYPE as NumPy writes it with
                     l for little-endian and b for big-endian
fortran.npy          [2, 3, 4] in Fortran order, the numbers 0 to 23 by C order
version2.npy, version3.npy    [3] of <f8, the numbers 0.5, 1.5, 2.5, in versions 2 and 3 of the format
scalar.npy, empty.npy         [] of <f4, the number 2.5; [0, 3] of <f4
unicode.npy, unicode-b.npy, bytes.npy    [4], the words "a", "", "größe", "🎼x" (bytes: "a", "", "abc", "x")
objects.npy, records.npy      what is refused
arrays.npz           x: [2, 2] of <f4, 1 to 4; y: [2], "no", "yes"; lengths: [2] of <i8, 2 and 1
compressed.npz       the same, compressed
padded.npz           sequences as the classifier takes them: x: [2, 3, 2], (1, 2), (3, 4), (5, 6) and (7, 8), NaN after it; lengths; y
concatenated.npz     the same with x: [4, 2]
equal.npz            X: [2, 2] of <f8, 1 to 4; y: 7, -1
unlabelled.npz, nameless.npz, …    one array missing or wrong, as the name says
"""

import pathlib

import numpy

FOLDER = pathlib.Path(__file__).parent / "numpy_fixtures"
FOLDER.mkdir(exist_ok=True)


def save(name, array, **options):
    numpy.save(FOLDER / f"{name}.npy", array, **options)


signed = numpy.arange(-3, 3).reshape(2, 3)
for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    values = signed + 3 if code[0] == "u" else signed
    for order, letter in [("<", "l"), (">", "b")]:
        if code[1] != "1" or order == "<":
            save(f"{letter}{code}", values.astype(order + code))
save("bool", signed % 2 == 1)
save("fortran", numpy.asfortranarray(numpy.arange(24, dtype="<i2").reshape(2, 3, 4)))
for version in [2, 3]:
    with open(FOLDER / f"version{version}.npy", "wb") as file:
        numpy.lib.format.write_array(file, numpy.array([0.5, 1.5, 2.5], "<f8"), version=(version, 0))
save("scalar", numpy.float32(2.5))
save("empty", numpy.zeros([0, 3], "<f4"))
words = ["a", "", "größe", "🎼x"]
save("unicode", numpy.array(words, "<U5"))
save("unicode-b", numpy.array(words, ">U5"))
save("bytes", numpy.array([b"a", b"", b"abc", b"x"]))
save("objects", numpy.array([{}, None], object), allow_pickle=True)
save("records", numpy.zeros(2, [("a", "<f4"), ("b", "<i4")]))
arrays = dict(
    x=numpy.array([[1, 2], [3, 4]], "<f4"), y=numpy.array(["no", "yes"]), lengths=numpy.array([2, 1])
)
numpy.savez(FOLDER / "arrays.npz", **arrays)
numpy.savez_compressed(FOLDER / "compressed.npz", **arrays)

nan = float("nan")
padded = numpy.array([[[1, 2], [3, 4], [5, 6]], [[7, 8], [nan, nan], [nan, nan]]], "<f4")
rows = numpy.arange(1.0, 9.0).reshape(4, 2)
equal = numpy.arange(1.0, 5.0).reshape(2, 2)
labels = numpy.array(["no", "yes"])
ARCHIVES = {
    "padded": dict(x=padded, lengths=numpy.array([3, 1]), y=labels),
    "concatenated": dict(x=rows, lengths=numpy.array([3, 1], "<u2"), y=labels),
    "equal": dict(X=equal, y=numpy.array([7, -1])),
    "unlabelled": dict(x=equal),
    "nameless": dict(arr_0=equal),
    "few-labels": dict(x=equal, y=labels[:1]),
    "float-labels": dict(x=equal, y=numpy.array([0.0, 1.0])),
    "long-lengths": dict(x=padded, lengths=numpy.array([3, 4]), y=labels),
    "zero-length": dict(x=padded, lengths=numpy.array([3, 0]), y=labels),
    "few-lengths": dict(x=padded, lengths=numpy.array([3]), y=labels),
    "wrong-sum": dict(x=rows, lengths=numpy.array([2, 1]), y=labels),
    "padding-counted": dict(x=padded, y=labels),
}
for name, arrays in ARCHIVES.items():
    numpy.savez(FOLDER / f"{name}.npz", **arrays)

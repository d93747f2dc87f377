#!/usr/bin/env bash
# NumPy 2 keeps the type of an array where it meets a Python number: float32 times 0.1 is float32, uint16 times 100 is
# uint16 and wraps. Who compiles the same expression, with numba or numexpr, expects the same of it, only faster. Neither
# does that: both take 0.1 for a double, so that the result is float64, and cast to float32 at the end it differs in the
# last bit in a tenth of the places, since it was rounded once and not at each step; and both widen the whole numbers, each
# to another type, so that nothing wraps. Bits equal to NumPy's take constants of the array's own type.
# Source: numpy.org/neps/nep-0050-scalar-promotion.html; numexpr's user guide, "Casting rules"; numba types literals alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 numba==0.68.1 numexpr==2.14.2
venv/bin/python - << 'END'
import numba, numexpr, numpy

shares, counts = numpy.linspace(0.1, 5, 1000, dtype=numpy.float32), numpy.arange(1000, dtype=numpy.uint16)

def line(a):
    return a * 0.1 + 0.7

def times(a):
    return a * 100

made = {
    "numpy": (line(shares), times(counts)),
    "numba": (numba.njit(line)(shares), numba.njit(times)(counts)),
    "numexpr": (numexpr.evaluate("shares * 0.1 + 0.7"), numexpr.evaluate("counts * 100")),
}
found = {
    name: (str(x.dtype), str(n.dtype), int((x.astype(numpy.float32) != made["numpy"][0]).sum()), int(n[-1]))
    for name, (x, n) in made.items()
}
print({module.__name__: module.__version__ for module in (numpy, numba, numexpr)})
print(found)
assert found["numpy"] == ("float32", "uint16", 0, 99_900 % 65_536)
assert found["numba"] == ("float64", "int64", 100, 99_900)
assert found["numexpr"] == ("float64", "int32", 100, 99_900)
END

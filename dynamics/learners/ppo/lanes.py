"""Eight numbers at once in a compiled loop: a type of numba's, and what can be done with it.

A compiler makes vector instructions of a plain loop where it can prove that no two arrays overlap.
With more than a few arrays it gives up, and the loop is eight times as slow; here vectors are asked
for by name. They are LLVM's, not a processor's: one with shorter registers takes several.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, models, overload, register_model

LANES = 8
"""Numbers in a vector register of AVX2."""
VECTOR = ir.VectorType(ir.FloatType(), LANES)
BYTES = 4
"""The alignment that a load or a store may count on: that of one number."""
FLAGS = ("contract", "nsz", "arcp")
"""A product and a sum may become one instruction, rounded once."""


class Lanes(types.Type):
    """The type of eight numbers in single precision."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


lanes: Any = Lanes()


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """Eight numbers lie in one register."""

    def __init__(self, manager: Any, of: Lanes) -> None:
        super().__init__(manager, of, VECTOR)  # type: ignore[no-untyped-call]


def instruction(function: Callable[..., Any]) -> Any:
    """A function for compiled loops that a Python function writes the instructions of."""
    return intrinsic(function)


def place(context: Any, builder: Any, kind: Any, row: Any, index: Any) -> Any:
    """Where the eight numbers of a row begin."""
    data = context.make_array(kind)(context, builder, row).data
    return builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer())


@instruction
def take(_: Any, row: Any, index: Any) -> Any:
    """The eight numbers of ``row`` from ``index`` on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(place(context, builder, signature.args[0], *arguments), align=BYTES)

    return lanes(row, types.intp), generate


@instruction
def put(_: Any, row: Any, index: Any, value: Any) -> Any:
    """Write eight numbers into ``row`` from ``index`` on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *where, written = arguments
        builder.store(written, place(context, builder, signature.args[0], *where), align=BYTES)
        return context.get_dummy_value()

    return types.void(row, types.intp, lanes), generate


@instruction
def spread(_: Any, number: Any) -> Any:
    """A number eight times."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        index, none = ir.IntType(32), ir.Constant(VECTOR, ir.Undefined)
        first = builder.insert_element(none, arguments[0], ir.Constant(index, 0))
        order = ir.Constant(ir.VectorType(index, LANES), [0] * LANES)
        return builder.shuffle_vector(first, none, order)

    return lanes(types.float32), generate


@instruction
def root(_: Any, value: Any) -> Any:
    """The square roots."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(VECTOR, [VECTOR])
        name = f"llvm.sqrt.v{LANES}f32"
        function = get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
        return builder.call(function, arguments)

    return lanes(lanes), generate


def allow(operation: Any, name: str) -> None:
    """Let an operator stand for an instruction between lanes."""

    @instruction
    def apply(_: Any, left: Any, right: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, name)(*arguments, flags=FLAGS)

        return lanes(lanes, lanes), generate

    def implementation(left: Any, right: Any) -> Any:
        return apply(left, right)

    @overload(operation)
    def between(left: Any, right: Any) -> Any:
        both = isinstance(left, Lanes) and isinstance(right, Lanes)
        return implementation if both else None


allow(operator.add, "fadd")
allow(operator.sub, "fsub")
allow(operator.mul, "fmul")
allow(operator.truediv, "fdiv")

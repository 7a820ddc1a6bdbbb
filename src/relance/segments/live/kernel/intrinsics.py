"""The functions of ``kernel.pointers`` as compiler intrinsics. The only file that uses Numba's private API.

``numba.core.cgutils`` and ``numba.np.arrayobj`` have no public counterparts. ``pyproject.toml`` caps the version that was tested,
and ``tests/unit/segments/test_machine_code.py`` says what to do on an upgrade.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

_BYTES = ir.IntType(8).as_pointer()
_INT = ir.IntType(32)


def _array_at(dtype: Any) -> Any:
    """Makes an array from (address, size) in compiled code, which owns nothing."""

    @intrinsic
    def array_at(_typing: Any, address: Any, size: Any) -> Any:
        _check_whole(address, size)
        found = types.Array(dtype, 1, "C")

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            item = context.get_constant(types.intp, dtype.bitwidth // 8)
            return _array(context, builder, found, arguments[0], [arguments[1]], [item], item)

        return found(types.int64, types.int64), generate

    return array_at


def _rows_at(dtype: Any) -> Any:
    """Makes a two-dimensional array from (address, rows, width)."""

    @intrinsic
    def rows_at(_typing: Any, address: Any, rows: Any, width: Any) -> Any:
        _check_whole(address, rows, width)
        found = types.Array(dtype, 2, "C")

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            item = context.get_constant(types.intp, dtype.bitwidth // 8)
            strides = [builder.mul(arguments[2], item), item]
            return _array(context, builder, found, arguments[0], [arguments[1], arguments[2]], strides, item)

        return found(types.int64, types.int64, types.int64), generate

    return rows_at


def _check_whole(*given: Any) -> None:
    if not all(isinstance(each, types.Integer) for each in given):
        raise TypingError("addresses and sizes are whole numbers")


def _array(context: Any, builder: Any, kind: Any, address: Any, shape: list[Any], strides: list[Any], item: Any) -> Any:
    array = make_array(kind)(context, builder)  # type: ignore[no-untyped-call]
    data = builder.inttoptr(address, array.data.type)
    populate_array(  # type: ignore[no-untyped-call]
        array, data=data, shape=shape, strides=strides, itemsize=item, meminfo=None
    )
    return array._getvalue()


def _fetch(_typing: Any, array: Any, place: Any) -> Any:
    if not (isinstance(array, types.Array) and isinstance(place, types.Integer)):
        raise TypingError("an array and a whole number")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = make_array(signature.args[0])(context, builder, arguments[0])  # type: ignore[no-untyped-call]
        at = builder.bitcast(builder.gep(given.data, [arguments[1]]), _BYTES)
        kind = ir.FunctionType(ir.VoidType(), [_BYTES, _INT, _INT, _INT])
        prefetch = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, kind, "llvm.prefetch.p0i8"
        )
        builder.call(prefetch, [at, _INT(1), _INT(3), _INT(1)])  # for writing; to all caches; data
        return context.get_dummy_value()

    return types.none(array, types.int64), generate


INTRINSICS: dict[str, Any] = {
    "integers_at": _array_at(types.int64),
    "reals_at": _array_at(types.float64),
    "slots_at": _array_at(types.int32),
    "flags_at": _array_at(types.int8),
    "integer_rows_at": _rows_at(types.int64),
    "real_rows_at": _rows_at(types.float64),
    "fetch": intrinsic(_fetch),
}

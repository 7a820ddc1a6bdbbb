"""Arrays that compiled code finds by where they are in memory.

A tick touches the arrays of every source. To hand each of them over, and to call once for each source, takes longer than what is
done with them; so one call is given a table of addresses. Whoever fills the table keeps the arrays alive during the call.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array
from numpy.typing import NDArray

_BYTES = ir.IntType(8).as_pointer()
_INT = ir.IntType(32)


def address_of(array: NDArray[Any]) -> int:
    """Where the elements of an array are. It is one piece."""
    address: int = array.__array_interface__["data"][0]
    return address


def _array_at(dtype: Any) -> Any:
    """What makes an array of (address, size) within compiled code, which owns nothing."""

    @intrinsic
    def array_at(_typing: Any, address: Any, size: Any) -> Any:
        if not (isinstance(address, types.Integer) and isinstance(size, types.Integer)):
            raise TypingError("an address and a size are whole numbers")
        found = types.Array(dtype, 1, "C")

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            array = make_array(found)(context, builder)  # type: ignore[no-untyped-call]
            item = context.get_constant(types.intp, dtype.bitwidth // 8)
            data = builder.inttoptr(arguments[0], array.data.type)
            populate_array(  # type: ignore[no-untyped-call]
                array, data=data, shape=[arguments[1]], strides=[item], itemsize=item, meminfo=None
            )
            return array._getvalue()

        return found(types.int64, types.int64), generate

    return array_at


def _fetch(_typing: Any, array: Any, place: Any) -> Any:
    """Have the part of memory with an element brought near, without waiting for it."""
    if not (isinstance(array, types.Array) and isinstance(place, types.Integer)):
        raise TypingError("an array and a whole number")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        given = make_array(signature.args[0])(context, builder, arguments[0])  # type: ignore[no-untyped-call]
        at = builder.bitcast(builder.gep(given.data, [arguments[1]]), _BYTES)
        kind = ir.FunctionType(ir.VoidType(), [_BYTES, _INT, _INT, _INT])
        prefetch = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, kind, "llvm.prefetch.p0i8"
        )
        builder.call(prefetch, [at, _INT(1), _INT(3), _INT(1)])  # to be written, too; to all caches; data
        return context.get_dummy_value()

    return types.none(array, types.int64), generate


fetch: Any = intrinsic(_fetch)
integers_at = _array_at(types.int64)
reals_at = _array_at(types.float64)
slots_at = _array_at(types.int32)

__all__ = ["address_of", "fetch", "integers_at", "reals_at", "slots_at"]

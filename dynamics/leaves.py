"""Nested frozen records of tensors as flat, named arrays and back: how a state is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array: TypeAlias = NDArray[Any]
T = TypeVar("T")


def flatten(tree: Any) -> dict[str, Array]:
    """The tensors and integers of ``tree`` by the names of the fields that lead to them.

    >>> from dynamics.learners.hedge import Hedge
    >>> state = Hedge(rate=0.1).init((2,), 3)
    >>> {name: array.shape for name, array in flatten(state).items()}
    {'gains': (2, 3), 'round': (2,)}
    """
    return {name: _array(leaf) for name, leaf in _leaves("", tree)}


def unflatten(tree: T, arrays: Mapping[str, Array]) -> T:
    """``tree`` with every tensor and integer replaced by the array of its name.

    Raises
    ------
    ValueError
        When a name is missing or left over, or an array has another shape or type than the leaf.
    """
    own = dict(_leaves("", tree))
    if own.keys() != arrays.keys():
        raise ValueError(f"names differ: {sorted(own.keys() ^ arrays.keys())}")
    for name, leaf in own.items():
        held, found = _array(leaf), arrays[name]
        if (held.shape, held.dtype) != (found.shape, found.dtype):
            raise ValueError(f"{name} has shape {found.shape} and type {found.dtype}")
    built: T = _build("", tree, arrays)
    return built


def _leaves(name: str, tree: Any) -> Iterator[tuple[str, Tensor | int]]:
    if is_dataclass(tree):
        for field in fields(tree):
            below = f"{name}.{field.name}" if name else field.name
            yield from _leaves(below, getattr(tree, field.name))
    elif isinstance(tree, Tensor | int):
        yield name, tree
    elif tree is not None:
        raise TypeError(f"{name} is a {type(tree).__name__}; a state holds tensors and integers")


def _array(leaf: Tensor | int) -> Array:
    """A copy: states may share memory with those that follow them."""
    return np.array(leaf.cpu().numpy() if isinstance(leaf, Tensor) else leaf)


def _build(name: str, tree: Any, arrays: Mapping[str, Array]) -> Any:
    if is_dataclass(tree) and not isinstance(tree, type):
        return replace(
            tree,
            **{
                field.name: _build(
                    f"{name}.{field.name}" if name else field.name,
                    getattr(tree, field.name),
                    arrays,
                )
                for field in fields(tree)
            },
        )
    if isinstance(tree, Tensor):
        return torch.from_numpy(arrays[name].copy()).to(tree.device)
    return int(arrays[name]) if isinstance(tree, int) else tree

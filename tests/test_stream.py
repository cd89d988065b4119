"""The hash that all randomness of the runs comes from: SplitMix64's own outputs, and statistics."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch", reason="streams need extra `dynamics`")

import torch

from dynamics.stream import Stream

PUBLISHED = {  # seed -> first outputs, as Rosetta Code's task "Splitmix64" lists them
    1234567: [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ],
}
SIGMAS = 5
"""Standard errors that a mean may be off: one test in two million would."""


def splitmix64(seed: int, count: int) -> list[int]:
    """The generator as published, in unbounded integers."""
    mask, found = 2**64 - 1, []
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        found.append(z ^ (z >> 31))
    return found


def signed(word: int) -> int:
    return word - 2**64 if word >= 2**63 else word


def test_the_reference_generator_has_its_published_outputs() -> None:
    for seed, outputs in PUBLISHED.items():
        assert splitmix64(seed, len(outputs)) == outputs


@pytest.mark.parametrize("key", [1234567, 0, 2**64 - 1, 0x9E3779B97F4A7C15])
def test_a_stream_is_that_generator(key: int) -> None:
    stream = Stream(key=torch.tensor([signed(key)]))
    expected = [(word >> 11) * 2.0**-53 for word in splitmix64(key, 50)]
    assert stream.uniform(50)[0].tolist() == expected


def test_a_split_stream_holds_the_places_one_run_after_another() -> None:
    stream = Stream.of_seeds([4, 9])
    one_by_one = [stream.at(place).key[run] for run in range(2) for place in range(5)]
    assert stream.split(5).key.tolist() == one_by_one


def test_uniform_numbers_have_the_moments_and_the_independence_of_uniform_ones() -> None:
    drawn = Stream.of_seeds(range(200)).at(3, 1).uniform(1000)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    count = drawn.numel()
    assert abs(drawn.mean() - 1 / 2) < SIGMAS * math.sqrt(1 / 12 / count)
    assert abs(drawn.square().mean() - 1 / 3) < SIGMAS * math.sqrt(4 / 45 / count)
    centred = drawn - 1 / 2
    for one, other in (
        (centred[:, 1:], centred[:, :-1]),  # one number and the next
        (centred[1:], centred[:-1]),  # one seed and the next
    ):
        assert abs((one * other).mean()) < SIGMAS / 12 / math.sqrt(one.numel())
    places = [Stream.of_seeds([0]).at(0, iteration).uniform(1000) - 1 / 2 for iteration in (1, 2)]
    assert abs((places[0] * places[1]).mean()) < SIGMAS / 12 / math.sqrt(1000)


def test_every_bin_is_met_as_often_as_chance_would() -> None:
    drawn = Stream.of_seeds(range(64)).uniform(1024).flatten()
    counts = torch.bincount((drawn * 256).long(), minlength=256).double()
    expected = drawn.numel() / 256
    chi_squared = float(((counts - expected) ** 2 / expected).sum())
    assert abs(chi_squared - 255) < SIGMAS * math.sqrt(2 * 255)


def test_no_two_places_share_numbers() -> None:
    stream = Stream.of_seeds(range(20))
    drawn = [stream.at(place, step).uniform(20) for place in range(10) for step in range(20)]
    drawn += [stream.at(place).uniform(20) for place in range(10)]
    everything = torch.cat(drawn).flatten()
    assert len(set(everything.tolist())) == everything.numel()


def test_the_order_of_a_place_matters() -> None:
    stream = Stream.of_seeds([0])
    assert stream.at(1, 2).key != stream.at(2, 1).key
    assert stream.at(1, 2).key == stream.at(1).at(2).key


def test_more_numbers_begin_with_the_same_ones() -> None:
    stream = Stream.of_seeds([4, 5])
    assert torch.equal(stream.uniform(10)[:, :7], stream.uniform(7))


def test_normal_numbers_have_the_moments_of_normal_ones() -> None:
    drawn = Stream.of_seeds(range(100)).normal(1001)
    assert drawn.shape == (100, 1001)
    count = drawn.numel()
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((drawn**power).mean() - moment) < SIGMAS * math.sqrt(variance / count)


@pytest.mark.gpu
def test_a_gpu_draws_the_same_bits() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    here = Stream.of_seeds(range(50)).at(2, 7)
    there = Stream.of_seeds(range(50), device="cuda").at(2, 7)
    assert torch.equal(here.key, there.key.cpu())
    assert torch.equal(here.uniform(1000), there.uniform(1000).cpu())

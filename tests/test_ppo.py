"""PPO against the textbook: autograd on modules, sample by sample, and an optimiser of torch's."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from shutil import which
from typing import Any

import pytest

pytest.importorskip("torch", reason="PPO needs extra `dynamics`")

import torch
from torch import Tensor, nn

from dynamics.learners.ppo import PPO, PPOState
from dynamics.learners.ppo.adamw import adamw, descend, rows
from dynamics.learners.ppo.fused import compiler
from dynamics.learners.ppo.network import Network
from dynamics.learners.rates import Schedule
from dynamics.learners.rollout import Rollout, advantages
from dynamics.stream import Stream
from stackel.errors import InvalidGameError

ENGINES = [
    "torch",
    pytest.param(
        "fused",
        marks=pytest.mark.skipif(compiler() is None, reason="numba is not installed"),
    ),
]
SAME = 2e-5
"""Parameters, of size 0.1 to 1, after an update by another order of single-precision operations:
AdamW divides by the root of the second moment, which magnifies rounding where gradients vanish."""
CLOSE = 1e-4
"""Log-probabilities of two engines after 80 updates."""


def rollouts(
    stream: Stream, *, observations: int, actions: int, chains: int, length: int, ending: float
) -> Rollout:
    """Steps drawn uniformly, paid by observation and action, with some noise; ends at random."""
    shape = (len(stream.key), chains, length)
    drawn = [stream.at(place).uniform(chains * length).reshape(shape) for place in range(4)]
    observation = (drawn[0] * observations).long()
    action = (drawn[1] * actions).long()
    last = (stream.at(4).uniform(chains) * observations).long()
    return Rollout(
        observation=observation,
        action=action,
        reward=(action == observation % actions) * 2.0 - 0.4 * action + drawn[2],
        ended=None if ending == 1 else drawn[3] < ending,
        last=None if ending == 1 else last,
    )


def module(flat: Tensor, shape: Network) -> nn.Sequential:
    """A network of torch's with the weights of a flat row."""
    first, second = nn.Linear(shape.inputs, shape.hidden), nn.Linear(shape.hidden, shape.hidden)
    last = nn.Linear(shape.hidden, shape.outputs)
    net = nn.Sequential(first, nn.Tanh(), second, nn.Tanh(), last)
    with torch.no_grad():
        for parameter, part in zip(net.parameters(), shape.views(flat[None]), strict=True):
            parameter.copy_(part[0].T if parameter.dim() == 2 else part[0])
    return net


def flattened(net: nn.Module) -> Tensor:
    return torch.cat([(p.T if p.dim() == 2 else p).detach().reshape(-1) for p in net.parameters()])


def textbook(
    ppo: PPO, weights: Tensor, plays: list[Rollout], shuffles: list[Stream], *, run: int = 0
) -> Tensor:
    """The flat weights of one run after updates from ``plays``, by the definition of the loss."""
    cut = ppo.policy.size
    actor, critic = module(weights[:cut], ppo.policy), module(weights[cut:], ppo.value)
    parameters = [*actor.parameters(), *critic.parameters()]

    def of(setting: Any) -> Any:
        return setting[run].item() if isinstance(setting, Tensor) else setting

    optimiser = torch.optim.AdamW(parameters, weight_decay=of(ppo.weight_decay))
    for number, (play, shuffle) in enumerate(zip(plays, shuffles, strict=True), start=1):
        optimiser.param_groups[0]["lr"] = of(ppo.rate.initial) * number ** -of(ppo.rate.power)
        seen = ppo.features[play.observation[run]]
        action, reward = play.action[run], play.reward[run].float()
        with torch.no_grad():
            values = critic(seen)[..., 0]
            old = torch.log_softmax(actor(seen), -1).gather(-1, action[..., None])[..., 0]
            after = (
                torch.zeros(len(values))
                if play.last is None
                else critic(ppo.features[play.last[run]])[..., 0]
            )
        found = torch.zeros_like(values)
        for chain in range(len(values)):
            advantage = 0.0
            for t in reversed(range(values.shape[1])):
                ends = play.ended is None or bool(play.ended[run, chain, t])
                following = values[chain, t + 1] if t + 1 < values.shape[1] else after[chain]
                delta = reward[chain, t] - values[chain, t]
                if not ends:
                    delta = delta + of(ppo.discount) * following
                advantage = delta + (0 if ends else of(ppo.discount) * of(ppo.decay) * advantage)
                found[chain, t] = advantage
        target = (found + values).flatten()
        gain, old, action = found.flatten(), old.flatten(), action.flatten()
        seen = seen.flatten(0, 1)
        size = min(ppo.minibatch, len(gain))
        for epoch in range(ppo.epochs):
            order = shuffle.at(epoch).uniform(len(gain))[0].argsort()
            for picked in order.reshape(-1, size):
                here = gain[picked]
                if ppo.normalise and size > 1:
                    here = (here - here.mean()) / (here.std() + 1e-8)
                mix = torch.log_softmax(actor(seen[picked]), -1)
                taken = mix.gather(-1, action[picked, None])[:, 0]
                ratio = (taken - old[picked]).exp()
                clip = of(ppo.clip)
                surrogate = torch.min(ratio * here, ratio.clamp(1 - clip, 1 + clip) * here)
                error = (critic(seen[picked])[:, 0] - target[picked]).square()
                entropy = -(mix.exp() * mix).sum(-1)
                loss = (
                    -surrogate.mean()
                    + of(ppo.value_weight) * error.mean()
                    - of(ppo.entropy_weight) * entropy.mean()
                )
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, of(ppo.max_norm))
                optimiser.step()
    return torch.cat([flattened(actor), flattened(critic)])


def learn(ppo: PPO, seeds: list[int], updates: int, **shape: Any) -> tuple[PPOState, Any]:
    """The state after some updates, and what a second learner needs to make the same ones."""
    stream = Stream.of_seeds(seeds)
    state = start = ppo.init(stream)
    shape = {"observations": len(ppo.features), "actions": ppo.actions, **shape}
    plays = [rollouts(stream.at(7, number), **shape) for number in range(updates)]
    shuffles = [Stream.of_seeds([0]).at(number) for number in range(updates)]
    for play, shuffle in zip(plays, shuffles, strict=True):
        state = ppo.update(state, play, shuffle=shuffle)
    return state, (start, plays, shuffles)


ROUNDS = {"chains": 96, "length": 1, "ending": 1.0}
MEMORY = {"chains": 6, "length": 16, "ending": 0.1}
SMALL = PPO(
    actions=3, features=torch.ones((1, 1)), hidden=16, minibatch=32, rate=Schedule(initial=3e-3)
)
CASES: dict[str, tuple[PPO, dict[str, Any]]] = {
    "one observation": (SMALL, ROUNDS),
    "the paper's settings": (
        PPO(actions=2, features=torch.ones((1, 1))),
        {**ROUNDS, "chains": 256},
    ),
    "several observations": (replace(SMALL, features=torch.eye(4)), ROUNDS),
    "features that are shared": (replace(SMALL, features=torch.randn(5, 3)), ROUNDS),
    "memory": (replace(SMALL, features=torch.eye(5)), MEMORY),
    "far past the clip": (replace(SMALL, rate=Schedule(initial=3e-2), epochs=8), ROUNDS),
    "strong decay of weights": (replace(SMALL, weight_decay=5.0), ROUNDS),
    "norms cut": (replace(SMALL, max_norm=1e-2), ROUNDS),
    "norms left": (replace(SMALL, max_norm=1e9), ROUNDS),
    "advantages as they are": (replace(SMALL, normalise=False), ROUNDS),
    "batch below a minibatch": (replace(SMALL, minibatch=500), ROUNDS),
    "falling rate": (replace(SMALL, rate=Schedule(initial=1e-2, power=0.5)), ROUNDS),
    "all weights of the loss": (
        replace(SMALL, value_weight=2.0, entropy_weight=0.3, features=torch.eye(2)),
        MEMORY,
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_an_update_is_that_of_the_textbook(case: str, engine: Any) -> None:
    ppo, shape = CASES[case]
    ppo = replace(ppo, engine=engine)
    state, (start, plays, shuffles) = learn(ppo, [3, 11], 2, **shape)
    for run in range(2):
        expected = textbook(ppo, start.weights[run], plays, shuffles, run=run)
        assert (state.weights[run] - expected).abs().max() < SAME
        assert (start.weights[run] - expected).abs().max() > 1e-3  # it did learn


@pytest.mark.parametrize("engine", ENGINES)
def test_every_number_may_differ_between_runs(engine: Any) -> None:
    ppo = replace(
        SMALL,
        engine=engine,
        features=torch.eye(3),
        rate=Schedule(initial=torch.tensor([1e-3, 1e-2]), power=torch.tensor([0.0, 0.5])),
        clip=torch.tensor([0.05, 0.3]),
        discount=torch.tensor([0.9, 0.5]),
        decay=torch.tensor([1.0, 0.2]),
        value_weight=torch.tensor([0.5, 0.1]),
        entropy_weight=torch.tensor([0.0, 0.1]),
        weight_decay=torch.tensor([0.0, 1.0]),
        max_norm=torch.tensor([0.5, 5.0]),
    )
    state, (start, plays, shuffles) = learn(ppo, [0, 1], 3, **MEMORY)
    for run in range(2):
        expected = textbook(ppo, start.weights[run], plays, shuffles, run=run)
        assert (state.weights[run] - expected).abs().max() < SAME


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_alone_has_the_bits_of_the_run_in_a_batch(engine: Any) -> None:
    ppo = replace(SMALL, features=torch.eye(4), engine=engine)
    together, _ = learn(ppo, list(range(9)), 2, **MEMORY)
    alone, _ = learn(ppo, [6], 2, **MEMORY)
    if engine == "fused":
        assert torch.equal(together.weights[6], alone.weights[0])
    else:  # the products of a batch of matrices may be blocked otherwise
        assert (together.weights[6] - alone.weights[0]).abs().max() < SAME


@pytest.mark.skipif(compiler() is None, reason="numba is not installed")
def test_no_bit_depends_on_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    ppo = replace(SMALL, engine="fused")
    monkeypatch.setattr("dynamics.learners.ppo.fused.threads", lambda: 1)
    one, _ = learn(ppo, list(range(7)), 2, **ROUNDS)
    monkeypatch.setattr("dynamics.learners.ppo.fused.threads", lambda: 3)
    three, _ = learn(ppo, list(range(7)), 2, **ROUNDS)
    assert torch.equal(one.weights, three.weights)


@pytest.mark.skipif(compiler() is None, reason="numba is not installed")
@pytest.mark.parametrize("observations", [1, 4, 5])
def test_engines_agree_after_eighty_updates(observations: int) -> None:
    ppo = PPO(actions=2, features=torch.eye(observations))
    shape = {"chains": 16, "length": 8, "ending": 0.1}
    slow, _ = learn(replace(ppo, engine="torch"), [0, 1, 2], 80, **shape)
    fast, _ = learn(replace(ppo, engine="fused"), [0, 1, 2], 80, **shape)
    far = (ppo.strategy(slow).log() - ppo.strategy(fast).log()).abs().max()
    assert far < CLOSE
    assert (slow.values - fast.values).abs().max() < CLOSE
    assert (ppo.strategy(slow)[:, 0, 0] > 0.9).all()  # by then they have learnt what pays


def test_an_engine_that_cannot_run_is_refused() -> None:
    ppo = replace(SMALL, engine="fused")
    state = ppo.init(Stream.of_seeds([0]), dtype=torch.float64)
    play = rollouts(
        Stream.of_seeds([0]), observations=1, actions=3, chains=32, length=1, ending=1.0
    )
    with pytest.raises(InvalidGameError, match="single precision"):
        ppo.update(state, play, shuffle=Stream.of_seeds([0]))


@pytest.mark.parametrize(("discount", "decay"), [(0.99, 0.95), (0.5, 1.0), (1.0, 0.0), (0.0, 0.7)])
def test_advantages_are_the_sum_that_defines_them(discount: float, decay: float) -> None:
    stream = Stream.of_seeds([5, 6])
    play = rollouts(stream, observations=3, actions=2, chains=4, length=12, ending=0.2)
    values = stream.at(9).normal(3)
    found, returns = advantages(play, values, discount=discount, decay=decay)
    assert play.ended is not None
    assert play.last is not None
    for run, chain in ((0, 0), (1, 3), (0, 2)):
        v = [*values[run, play.observation[run, chain]], values[run, play.last[run, chain]]]
        for t in range(12):
            total, weight = 0.0, 1.0
            for later in range(t, 12):
                over = bool(play.ended[run, chain, later])
                future = 0.0 if over else discount * float(v[later + 1])
                total += weight * (float(play.reward[run, chain, later]) + future - float(v[later]))
                weight *= discount * decay
                if over:
                    break
            assert float(found[run, chain, t]) == pytest.approx(total, abs=1e-12)
            assert float(returns[run, chain, t]) == pytest.approx(total + float(v[t]), abs=1e-12)


def test_first_weights_are_orthogonal() -> None:
    network = Network(inputs=6, hidden=32, outputs=3)
    flat = network.start(Stream.of_seeds([0, 1]), head_gain=0.01)
    assert flat.shape == (2, network.size)
    w1, b1, w2, b2, w3, b3 = network.views(flat)
    for weight, gain in ((w1, math.sqrt(2)), (w2.mT, math.sqrt(2)), (w3.mT, 0.01)):
        gram = weight @ weight.mT
        eye = torch.eye(gram.shape[-1], dtype=gram.dtype).expand_as(gram)
        assert torch.allclose(gram, gain**2 * eye, atol=1e-12)
    assert not torch.cat([b1, b2, b3], -1).any()
    assert (w2[0] - w2[1]).abs().max() > 0.1  # every run its own


def test_first_weights_are_uniformly_distributed() -> None:
    """Under the uniform distribution of rotations, entries of a 2 x 2 have mean 0, square 1/2."""
    network = Network(inputs=2, hidden=2, outputs=2)
    weight = network.views(network.start(Stream.of_seeds(range(4000)), head_gain=1.0))[2]
    weight = weight / math.sqrt(2)
    assert weight.mean(0).abs().max() < 4 * math.sqrt(0.5 / 4000)
    assert (weight.square().mean(0) - 0.5).abs().max() < 4 * math.sqrt(1 / 8 / 4000)
    assert torch.linalg.det(weight).mean().abs() < 4 / math.sqrt(4000)  # turns and reflections


def test_the_first_policy_is_nearly_uniform() -> None:
    ppo = PPO(actions=4, features=torch.eye(3))
    mix = ppo.strategy(ppo.init(Stream.of_seeds(range(20))))
    assert mix.dtype == torch.float64
    assert (mix - 0.25).abs().max() < 0.01


def test_a_rollout_that_is_no_multiple_of_a_minibatch_is_refused() -> None:
    state = SMALL.init(Stream.of_seeds([0]))
    play = rollouts(
        Stream.of_seeds([0]), observations=1, actions=3, chains=33, length=1, ending=1.0
    )
    with pytest.raises(InvalidGameError, match="got 33 and 32"):
        SMALL.update(state, play, shuffle=Stream.of_seeds([0]))


def test_an_update_computes_on_the_device_of_its_state_alone() -> None:
    """On torch's device without data, a value taken to the host is an error."""
    ppo = replace(SMALL, features=torch.eye(4, device="meta"))
    start = replace(SMALL, features=torch.eye(4)).init(Stream.of_seeds([0, 1]))
    shape: Any = MEMORY
    play = rollouts(Stream.of_seeds([0, 1]), observations=4, actions=3, **shape)
    state = ppo.update(
        moved(start, "meta"), moved(play, "meta"), shuffle=moved(Stream.of_seeds([0]), "meta")
    )
    assert state.weights.device.type == "meta"
    assert state.weights.shape == start.weights.shape
    assert ppo.strategy(state).shape == (2, 4, 3)


def adamw_step(entrywise: Any = descend, *, own_kernel: bool = False) -> Tensor:
    """Weights and moments of three runs after a step, each with its own settings and clock."""
    stream = Stream.of_seeds([0, 1, 2])
    weights, slopes, mean = (stream.at(k).normal(50).float() for k in range(3))
    square = stream.at(3).uniform(50).float()
    settings = [[1e-2, 1e-3, 0.5], [0.1, 0.0, 0.01], [0.5, 1e6, 3.0]]
    rate, weight_decay, max_norm = (
        torch.tensor(each, dtype=torch.float64)[:, None] for each in settings
    )
    adamw(
        weights,
        slopes,
        mean,
        square,
        step=torch.tensor([[1], [20], [3000]]),
        rate=rate,
        weight_decay=weight_decay,
        max_norm=max_norm,
        entrywise=entrywise,
        runs=rows(weights, slopes, mean, square) if own_kernel else None,
    )
    return torch.cat([weights, mean, square])


def test_the_kernel_of_torchs_optimiser_makes_the_same_step() -> None:
    assert (adamw_step(own_kernel=True) - adamw_step()).abs().max() < 1e-6


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(which("g++") is None, reason="torch compiles with a C++ compiler here")
def test_adamw_compiled_is_adamw() -> None:
    """As a GPU does it; here for the CPU."""
    compiled = torch.compile(descend, dynamic=False)
    assert (adamw_step(compiled) - adamw_step()).abs().max() < 1e-6


@pytest.mark.gpu
@pytest.mark.parametrize("case", CASES)
def test_a_gpu_learns_what_the_cpu_learns(case: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    ppo, shape = CASES[case]
    here, (start, plays, shuffles) = learn(replace(ppo, engine="torch"), [3, 11], 3, **shape)
    on = replace(ppo, features=ppo.features.cuda())
    state = moved(start, "cuda")
    for play, shuffle in zip(plays, shuffles, strict=True):
        state = on.update(state, moved(play, "cuda"), shuffle=moved(shuffle, "cuda"))
    assert None not in on.recordings.values()  # its launches were recorded
    assert (state.weights.cpu() - here.weights).abs().max() < CLOSE
    assert (on.strategy(state).log().cpu() - ppo.strategy(here).log()).abs().max() < CLOSE
    again = moved(start, "cuda")
    for play, shuffle in zip(plays, shuffles, strict=True):
        again = on.update(again, moved(play, "cuda"), shuffle=moved(shuffle, "cuda"))
    assert torch.equal(again.weights, state.weights)


def moved(part: Any, device: str) -> Any:
    """A dataclass with its tensors on another device."""
    values = {field.name: getattr(part, field.name) for field in fields(part)}
    return replace(part, **{k: v.to(device) for k, v in values.items() if isinstance(v, Tensor)})


def test_what_is_compiled_is_made_anew_when_a_part_of_it_changes(tmp_path: Path) -> None:
    """Its parts come from several files: what is kept on disk must not outlive any of them."""
    pytest.importorskip("numba", reason="nothing is compiled without numba")
    (tmp_path / "whole.py").write_text(
        "from dynamics.learners.ppo.compiled_layer import compiled\n"
        "from part import add\n"
        "@compiled\n"
        "def whole(x):\n"
        "    return add(x)\n"
        "print(whole(1), sum(whole.stats.cache_hits.values()))\n"
    )

    def said(added: int) -> str:
        (tmp_path / "part.py").write_text(
            "from dynamics.learners.ppo.compiled_layer import inlined\n"
            f"@inlined\ndef add(x):\n    return x + {added}\n"
        )
        return run()

    def run() -> str:
        kept = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
        command = [sys.executable, "whole.py"]
        done = subprocess.run(
            command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert said(1) == "2 0"
    assert run() == "2 1"
    assert said(10) == "11 0"

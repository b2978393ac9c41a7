"""What is known of every lane after its reports: a particle filter over the kernel.

Between reports the kernel runs as ever. At a report every particle of its lane gets a weight, the likelihood
of the report; when the weights are worth less than half of the particles, these are drawn anew by weight, and
moved a little. Weights are per lane, for a report about one lane hardly says anything about another. At the
end all weights are equal, so that quantiles are plain.

Some particles are set aside for what nobody foresaw. With a small prior probability ε (`Unforeseen`; less,
the fresher the last report) the lane is in a state of which nothing is known but the report. That state is
spread as evenly as garbage, so it explains the report as well as garbage does, with probability G. If the
particles explain it with probability Z, the share εG / (εG + (1−ε)Z) of them get a queue that the report
suggests. As Z >= g·G, with the kind's share of garbage g, one report lifts the odds of the unforeseen by 1/g
at most, and a second that agrees does the rest.

A stop is as rare as it is common to be told of one. So that a signal finds particles to agree with, some are
turned where the calendar leaves room for it: before "not moving" so many that as many stand as the unknowns
say at any time, before "open again" as many of those that stand as may have begun to move since the last
report; and for either, ε. Silence changes nothing.

Offices are bound by what the registry says of their kinds; what one of the public can move, over all reports
together, by `Contributors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import expm1, inf

import numpy as np

from services.core.congestion.chance import Chance
from services.core.congestion.contributors import Contributors
from services.core.congestion.ensemble import Ensemble
from services.core.congestion.evidence import Evidence, heard
from services.core.congestion.grid import Array
from services.core.congestion.knowledge import Knowledge
from services.core.congestion.likelihood import Bias, Reading
from services.core.congestion.path import WANDER_STEPS
from services.core.congestion.queue import Kernel
from services.core.congestion.readings import Readings
from services.core.congestion.resampling import effective, in_place, jittered, systematic
from services.core.congestion.sources import FigureKind, Measure, Says, SignalKind, Sources
from services.core.congestion.unforeseen import set_waiting


def filtered(
    kernel: Kernel,
    ensemble: Ensemble,
    evidence: Iterable[Evidence],
    until: int,
    chance: Chance,
    sources: Sources,
    knowledge: Knowledge | None = None,
) -> Knowledge:
    """Advance the ensemble to the beginning of step `until` and take in the reports on the way.

    Taken in are reports seen after the ensemble's step and not after `until`; earlier ones only tell which of
    these repeat them, and who has had a say. The order of `evidence` is of no importance. A report changes
    nothing in other lanes. `knowledge` is what a run up to the ensemble's step returned, and is carried on.
    """
    knowledge = knowledge or Knowledge.none(kernel.lanes.count)
    begun = ensemble.step
    update = _Update(kernel, ensemble, knowledge, sources, chance)
    for one in heard(evidence, begun):
        if one.step <= until:
            if ensemble.step < one.step:
                kernel.advance(ensemble, one.step, chance)
            update.take(one)
    kernel.advance(ensemble, until, chance)
    update.settle()
    return knowledge


class _Update:
    """Weights of the lanes that have evidence, and what a report does to them."""

    def __init__(
        self,
        kernel: Kernel,
        ensemble: Ensemble,
        knowledge: Knowledge,
        sources: Sources,
        chance: Chance,
    ) -> None:
        self.ensemble, self.knowledge, self.unforeseen = ensemble, knowledge, sources.unforeseen
        self.contributors = Contributors(sources.contributor.most_odds.value, knowledge.observed)
        self.readings = Readings(kernel, ensemble)
        self.unknowns = kernel.lanes.unknowns
        self.particles = chance.particles
        self.weights: dict[int, Array] = {}
        # Drawn whatever is reported: a report must not change the chances of other lanes.
        self._seeds = (chance.uniform(kernel.lanes.count, 2)[:, :, :2] * 2**24).astype(np.int64)
        self._generators: dict[int, np.random.Generator] = {}

    def take(self, one: Evidence) -> None:
        kind = one.kind
        credible = self._figure(one, kind) if isinstance(kind, FigureKind) else self._signal(one, kind)
        self.knowledge.take(one.lane, self.ensemble.step, credible)
        self.contributors.note(one)

    def settle(self) -> None:
        """Make all weights equal."""
        for lane in sorted(self.weights):
            self._draw_anew(lane)

    def _figure(self, one: Evidence, kind: FigureKind) -> float:
        """Weigh the particles by a figure; the probability that it is not garbage."""
        reading, voice = Reading.of(kind, one.low, one.high), f"{one.source} {kind.measure}"
        value = self.readings.expected(one)
        bias = self.knowledge.biases.get((one.lane, voice)) or Bias.unknown(kind, self.particles)
        likelihood, credible = reading.likelihood(value, bias)
        self.knowledge.biases[one.lane, voice] = reading.learned(value, bias, credible)
        # Units that have passed tell of no queue to put in.
        prior = 0.0 if kind.measure is Measure.PASSED else self._unforeseen_share(one)
        others = self._weights(one.lane) * prior
        count, known = self._weigh(one, likelihood, credible, others, reading.garbage)
        if count:
            self._suggest(one, kind, reading, count)
        return known

    def _suggest(self, one: Evidence, kind: FigureKind, reading: Reading, count: int) -> None:
        """Give the last `count` particles a queue that the report suggests."""
        lane, generator = one.lane, self._generator(one.lane)
        stage = self.readings.narrower(lane) if one.stage is None else one.stage
        who = np.arange(self.particles - count, self.particles)
        drawn = reading.values(generator.standard_normal(count), generator.random(count))
        per_hour = self.readings.per_hour(lane, stage)[who]
        waits = kind.measure is Measure.WAIT
        units, hours = (per_hour * drawn / 60, drawn / 60) if waits else (drawn, drawn / per_hour)
        set_waiting(self.readings, lane, stage, who, units, hours)

    def _signal(self, one: Evidence, kind: SignalKind) -> float:
        """Weigh the particles by a signal; the probability that it is true."""
        stops, true, false = kind.says is Says.STOPPED, 1 - kind.garbage.value, kind.garbage.value
        agrees = self.readings.idle(one.lane, one.stage) == stops
        before = self._weights(one.lane)
        turning = before * (self.readings.may_work(one.lane, one.stage) & ~agrees)
        others = turning * self._turning_share(one, stops, float(before @ agrees))
        count, known = self._weigh(one, np.where(agrees, true, false), agrees, others, true)
        if count:
            self._turn(one, stops, count)
        return known

    def _turn(self, one: Evidence, stops: bool, count: int) -> None:
        """Let the post stop or move in the last `count` particles. Of both posts the narrower stops, or each
        moves."""
        hour = min(self.ensemble.step // WANDER_STEPS, len(self.ensemble.path.stopped) - 1)
        stages: Sequence[int] = (0, 1) if one.stage is None else (one.stage,)
        if one.stage is None and stops:
            stages = (self.readings.narrower(one.lane),)
        for stage in stages:
            self.ensemble.stopped[stage, one.lane, -count:] = stops
            self.ensemble.path.stopped[hour, stage, one.lane, -count:] = stops

    def _unforeseen_share(self, one: Evidence) -> float:
        """ε: of the time, and the less the less has gone by since the last report."""
        hours = self.contributors.silent_hours(one)
        return self.unforeseen.share * -expm1(-hours / self.unforeseen.lasts_hours.value)

    def _turning_share(self, one: Evidence, stops: bool, standing: float) -> float:
        """Prior probability that a particle that does not agree with a signal should; `standing` is the share
        of those that do."""
        hours = self.contributors.silent_hours(one)
        lasts = float(self.unknowns.stop_hours[one.lane])
        every = float(self.unknowns.stop_every_hours[one.lane]) * (1 if one.stage is None else 2)
        usual = lasts / (lasts + every) if every < inf else 0.0
        turned = max(usual - standing, 0.0) if stops else -expm1(-hours / lasts)
        return 1 - (1 - turned) * (1 - self._unforeseen_share(one))

    def _weigh(
        self, one: Evidence, likelihood: Array, credible: Array, others: Array, changed: float
    ) -> tuple[int, float]:
        """Weigh the particles by a report of `likelihood` (N,), and make room among them for those that it
        changes: of prior weights `others` (N,), under which it has the probability `changed`. How many
        these are, the last of the lane; and the probability that the report is true, which it is with
        `credible` (N,) in the rest."""
        lane, before = one.lane, self._weights(one.lane)
        as_is, other = self.contributors.weights(one, likelihood, changed)
        after, new = before * as_is, others * other
        rest, suggested = float(after.sum()) * (1 - float(others.sum())), float(new.sum())
        share = suggested / (suggested + rest)
        self.weights[lane] = after / after.sum()
        known = float(self.weights[lane] @ credible)
        count = self._count(lane, share)
        if count:
            chosen = self._make_room(lane, new, count)
            self.contributors.change(one, (other / as_is)[chosen])
        elif effective(self.weights[lane]) < self.particles / 2:
            self._draw_anew(lane)
        return count, share + (1 - share) * known

    def _weights(self, lane: int) -> Array:
        return self.weights.get(lane, np.full(self.particles, 1 / self.particles))

    def _count(self, lane: int, share: float) -> int:
        """So many particles are a share, on average; one stays for the rest."""
        return min(int(self.particles * share + self._generator(lane).random()), self.particles - 1)

    def _make_room(self, lane: int, others: Array, count: int) -> Array:
        """Draw a lane anew by weight, but the last `count` particles, which it returns, by other weights."""
        generator = self._generator(lane)
        kept = systematic(self.weights[lane], self.particles - count, generator.random())
        chosen = systematic(others, count, generator.random())
        self._keep(lane, np.concatenate([kept, chosen]))
        return chosen

    def _draw_anew(self, lane: int) -> None:
        chosen = systematic(self.weights[lane], self.particles, self._generator(lane).random())
        self._keep(lane, in_place(chosen))

    def _keep(self, lane: int, chosen: Array) -> None:
        self.ensemble.keep(lane, chosen)
        self.knowledge.keep(lane, chosen)
        self.contributors.keep(lane, chosen)
        del self.weights[lane]
        jittered(self.ensemble, lane, self._generator(lane))

    def _generator(self, lane: int) -> np.random.Generator:
        if lane not in self._generators:
            self._generators[lane] = np.random.default_rng(self._seeds[lane].ravel().tolist())
        return self._generators[lane]

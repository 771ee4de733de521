"""Rounds of background work: woken, repeated, and never ended by a failure."""

import anyio
import pytest

from gtm.tenants.rounds import Rounds


class Work:
    """Does what it is told, round by round, and then nothing more."""

    def __init__(self, *outcomes: bool | Exception) -> None:
        self.outcomes = list(outcomes)
        self.rounds = 0
        self.changed = anyio.Event()

    async def __call__(self) -> bool:
        self.rounds += 1
        self.changed.set()
        outcome = self.outcomes.pop(0) if self.outcomes else True
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def wait_for(self, rounds: int) -> None:
        with anyio.fail_after(10):
            while self.rounds < rounds:
                await self.changed.wait()
                self.changed = anyio.Event()


async def test_what_is_left_is_done_at_once_and_then_it_waits_to_be_woken() -> None:
    work = Work()
    rounds = Rounds(work, name="test", retry_seconds=0)
    async with anyio.create_task_group() as group:
        group.start_soon(rounds.run)
        await work.wait_for(1)
        await anyio.wait_all_tasks_blocked()
        assert work.rounds == 1
        rounds.wake()
        await work.wait_for(2)
        await anyio.wait_all_tasks_blocked()
        assert work.rounds == 2
        group.cancel_scope.cancel()


async def test_one_that_is_woken_while_it_works_looks_again() -> None:
    seen = []

    async def work() -> bool:
        seen.append(True)
        if len(seen) == 1:
            rounds.wake()
        return True

    rounds = Rounds(work, name="test", retry_seconds=0)
    async with anyio.create_task_group() as group:
        group.start_soon(rounds.run)
        await anyio.wait_all_tasks_blocked()
        assert len(seen) == 2
        group.cancel_scope.cancel()


@pytest.mark.parametrize("failure", [False, OSError("disk full")])
async def test_a_failed_round_is_repeated_without_being_woken(failure: bool | Exception) -> None:
    work = Work(failure, failure, True)
    async with anyio.create_task_group() as group:
        group.start_soon(Rounds(work, name="test", retry_seconds=0).run)
        await work.wait_for(3)
        group.cancel_scope.cancel()


async def test_rounds_come_again_after_a_while() -> None:
    work = Work()
    rounds = Rounds(work, name="test", retry_seconds=1000, every_seconds=0)
    async with anyio.create_task_group() as group:
        group.start_soon(rounds.run)
        await work.wait_for(3)
        group.cancel_scope.cancel()

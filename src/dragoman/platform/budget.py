"""How often somebody may ask: counted here in small leases of what the database grants to all processes together.

A key (a token, a person, a workspace) never gets more than its limit and, a process and minute, the requests that are
under way when it first comes. It can get a little less: what other processes have leased and not used, at most `LEASE`
each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from dragoman.kit import clock
from dragoman.kit.errors import TooMany
from dragoman.platform import limits
from dragoman.platform.db import Database

WINDOW = timedelta(minutes=1)
SECONDS = 60
LEASE = 50


@dataclass(slots=True)
class Account:
    """One key's requests in the present window: used here, granted to here, and left for all at the last lease."""

    used: int = 0
    granted: int = 0
    left: int = 0


@dataclass(slots=True)
class Budget:
    """The keys of one kind that this process has seen in the present window. `limit` 0 counts nothing."""

    db: Database
    kind: str
    limit: int
    window: int = 0
    accounts: dict[bytes, Account] = field(default_factory=dict)

    def _turn(self) -> int:
        """Go on to the present window; returns the seconds until it ends."""
        now = int(clock.now().timestamp())
        window = now // SECONDS
        if window != self.window:
            self.window = window
            self.accounts.clear()
        return SECONDS - now % SECONDS

    async def spend(self, key: bytes) -> dict[str, str]:
        """Count a request of a key that was seen before; returns the headers that say how it stands.

        Raises TooMany. Called before a transaction is open, so that no request holds two connections.
        """
        if not self.limit:
            return {}
        ends = self._turn()
        account = self.accounts.get(key)
        if account is None:
            return self._headers(self.limit - 1, ends)
        if account.used >= account.granted:
            await self._lease(key, account)
        if account.used >= account.granted:
            raise TooMany(ends)
        account.used += 1
        return self._headers(account.left + account.granted - account.used, ends)

    def knows(self, key: bytes) -> bool:
        """Whether a key was let in before in this window, so that `spend` has counted it."""
        return key in self.accounts

    def saw(self, key: bytes) -> None:
        """Count a request of a key that was not known before it was let in."""
        if self.limit:
            self.accounts.setdefault(key, Account()).used += 1

    async def count(self, key: bytes) -> None:
        """Count a request of somebody who is known by now, before what it asks is done. Raises TooMany."""
        if self.limit and not self.knows(key):
            self.saw(key)
        else:
            await self.spend(key)

    async def _lease(self, key: bytes, account: Account) -> None:
        want = account.used - account.granted + min(LEASE, max(1, self.limit // 4))
        window = self.window
        count = await limits.take(self.db, f"{self.kind}:{key.hex()}", uses=want, window=WINDOW)
        if window == self.window:
            account.granted += max(0, want - max(0, count - self.limit))
            account.left = max(0, self.limit - count)

    def _headers(self, left: int, ends: int) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(max(0, left)), "RateLimit-Reset": str(ends),
        }  # fmt: skip

"""What an agent does, for locust: looks at the list, opens tickets, searches, answers. Started by bench/agents.py."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
from pathlib import Path

from locust import FastHttpUser, between, task

facts = json.loads(Path(os.environ["BENCH_AGENTS"]).read_text())
cookies = itertools.cycle(facts["cookies"])
COUNT: int = facts["tickets"]
VIEWS = ("unassigned", "mine", "unread", "all")


class Agent(FastHttpUser):
    """One of fifty: something each second, an answer every ten or so; the list renews itself all the while."""

    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        """The first page after signing in."""
        self.client.client.default_headers = {"Cookie": f"dragoman={next(cookies)}"}
        page = self.client.get("/desk?view=unassigned", name="inbox").text
        found = re.search(r'"X-CSRF-Token"\s*:\s*"([^"]+)"', page.replace("&#34;", '"').replace("&quot;", '"'))
        if found is None:
            raise RuntimeError(f"not signed in: {page[:200]}")
        self.proof = {"X-CSRF-Token": found[1], "HX-Request": "true"}

    def number(self) -> int:
        """A ticket, mostly one of late."""
        late = COUNT - int(random.expovariate(1 / 3000))
        return max(1, late if random.random() < 0.8 else random.randint(1, COUNT))

    @task(10)
    def poll(self) -> None:
        """What a page does on a notice: fetch its list anew."""
        headers = {"HX-Request": "true", "HX-Target": "list"}
        self.client.get(f"/desk?view={random.choice(VIEWS)}", headers=headers, name="list, renewed")

    @task(3)
    def inbox(self) -> None:
        """A whole inbox page."""
        self.client.get(f"/desk?view={random.choice(VIEWS)}", name="inbox")

    @task(6)
    def open(self) -> None:
        """A ticket."""
        self.client.get(f"/tickets/{self.number()}", name="ticket")

    @task(1)
    def find(self) -> None:
        """A search."""
        self.client.get(f"/search?q={random.choice(('refund', 'charger', '退款', '302-0000999'))}", name="search")

    @task(2)
    def answer(self) -> None:
        """A reply."""
        words = {"kind": "reply", "html": "<p>Ihr Paket ist unterwegs.</p>"}
        self.client.post(
            f"/tickets/{self.number()}/messages", data=words, headers=self.proof, name="reply", allow_redirects=False
        )

"""Light load on the pages while something else is measured: one inbox page every half second."""

from __future__ import annotations

import asyncio
import os
import sys

import httpx2 as httpx

from bench.run import sign_in


async def main() -> None:
    """Click until stopped, or until whoever started this is gone."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{sys.argv[1]}", follow_redirects=True) as client:
        await sign_in(client)
        while os.getppid() == int(sys.argv[2]):
            await client.get("/desk?view=unassigned")
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main())

"""(c) The district's board, against constant bytes of the same size behind the same door; fresh and revalidated."""

from __future__ import annotations

from app.kit.ids import new_id
from benchmarks.load import request
from benchmarks.results import Finding, Row
from benchmarks.server import serving
from benchmarks.stage import CONNECTIONS, MEMBERS, Contender, Stage, in_turns

ROUNDS = 5
REQUESTS = 1_000
_BOARD = "/api/v1/boards/district"


def run(stage: Stage) -> Finding:
    place = stage.place
    count = stage.scaled(REQUESTS, 200)
    with serving("longwen", stage.ground) as server:
        token = server.token_for(place)
        _, _, body = server.ask("GET", _BOARD, token=token)
        constant = f"/bench/constant?size={len(body)}"
        contenders = []
        for revalidated in (False, True):
            for path, name in ((_BOARD, f"GET {_BOARD}"), (constant, "constant bytes")):
                status, headers, _ = server.ask("GET", path, token=token)
                assert status == 200, path
                more = {"If-None-Match": headers["etag"]} if revalidated else {"X-Request-Id": f"bench-{new_id()}"}
                sent = request("GET", path, token, more=more)
                contenders.append(
                    Contender(
                        Row(
                            f"{name} → {304 if revalidated else 200}",
                            "requests/s",
                            is_rate=True,
                            is_subject=path == _BOARD,
                        ),
                        server,
                        lambda _, one=sent: [one] * count,  # type: ignore[misc]
                        304 if revalidated else 200,
                    )
                )
        for contender in contenders:
            contender.go(stage, -1, warm=True)
        for number, contender in in_turns(ROUNDS, contenders):
            stage.tell(f"board: round {number + 1} of {ROUNDS}, {contender.row.name}")
            contender.go(stage, number)
    return Finding(
        "board",
        "the district's board",
        {
            "members": MEMBERS, "bytes": len(body), "connections": CONNECTIONS, "requests a round": count,
            "rounds": ROUNDS,
        },
        [contender.row for contender in contenders],
    )  # fmt: skip

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.fitting import fitted
from chaos.plan import plans_for
from stormwalk.config import Project, load_project

HEAD = 'name = "Shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n'


def project(folder: Path, text: str = "") -> Project:
    path = folder / "shop.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return load_project(path, {})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "lost-reply:connectionreset once @ POST,PUT,PATCH,DELETE /api/**"),
        ('api_root = "/v2"', "lost-reply:connectionreset once @ POST,PUT,PATCH,DELETE /v2/**"),
        (
            '[storm]\ncalls = "/{basket,checkout}/**"',
            "lost-reply:connectionreset once @ POST,PUT,PATCH,DELETE /{basket,checkout}/**",
        ),
    ],
)
def test_plans_of_ours_mean_the_calls_of_the_application(tmp_path: Path, text: str, rule: str) -> None:
    (plan,) = plans_for("lost-reply")

    assert [one.written() for one in fitted(plan, project(tmp_path, text)).rules] == [rule]


@pytest.mark.parametrize("text", ['api_root = ""', '[storm]\ncalls = "/**"'])
def test_where_pages_are_calls_what_they_are_made_of_is_not(tmp_path: Path, text: str) -> None:
    (outage,) = plans_for("outage")
    (mobile,) = plans_for("mobile")

    written = [one.written() for plan in (outage, mobile) for one in fitted(plan, project(tmp_path, text)).rules]

    assert written == [
        "http:503,retry_after=30 first @ /** type=document,xhr,fetch,eventsource,api",
        "throttle:200,up=60,latency=150ms @ **",
        "packet-loss:0.05 @ /** type=document,xhr,fetch,eventsource,api",
    ]


def test_what_plans_of_ours_mean_beside_them_stays(tmp_path: Path) -> None:
    (plan,) = plans_for("broken-assets")

    assert fitted(plan, project(tmp_path, '[storm]\ncalls = "/**"')) == plan


def test_what_somebody_wrote_means_what_it_says(tmp_path: Path) -> None:
    (plan,) = plans_for("latency:5ms @ /api/**")

    assert fitted(plan, project(tmp_path, 'api_root = "/v2"')) == plan

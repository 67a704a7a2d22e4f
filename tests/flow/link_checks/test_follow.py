"""Links are followed politely, and only where they may lead."""

import pytest

from gateway.channels.support import private_addresses
from gateway.core.plan.link_checks import FoundLink, LinkCheckSettings, LinkState
from gateway.flow.link_checks.follow import check_links
from tests.fakes.wiki import wiki

ANYWHERE = LinkCheckSettings(private_addresses=True, timeout=2.0)


async def result_of(url: str, settings: LinkCheckSettings = ANYWHERE) -> tuple[LinkState, str]:
    """Return state and detail of one followed link."""
    (result,) = await check_links([FoundLink(url, ("here",))], settings)
    return result.state, result.detail


async def test_page_that_exists_is_asked_for_by_head_alone() -> None:
    """One HEAD with a name, and no credentials of the URL."""
    async with wiki() as fake:
        assert await result_of(f"{fake.url}/page") == (LinkState.OK, "")
        assert fake.requests == [("HEAD", "/page")]
        assert fake.headers[0]["User-Agent"].startswith("alert-gateway/")
        assert "Authorization" not in fake.headers[0]
        assert "Cookie" not in fake.headers[0]


@pytest.mark.parametrize("status", [403, 405, 501])
async def test_server_that_refuses_head_is_asked_by_get(status: int) -> None:
    """The page counts, not the method."""
    async with wiki() as fake:
        fake.refuses_head["/page"] = status
        assert (await result_of(f"{fake.url}/page"))[0] is LinkState.OK
        assert fake.requests == [("HEAD", "/page"), ("GET", "/page")]


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
async def test_page_that_does_not_exist_is_dead(status: int) -> None:
    """The detail says the status."""
    async with wiki() as fake:
        fake.statuses["/gone"] = status
        state, detail = await result_of(f"{fake.url}/gone")
        assert state is LinkState.DEAD
        assert str(status) in detail


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_page_that_its_server_hides_is_not_known(status: int) -> None:
    """Behind a sign-in nobody can say whether the page exists."""
    async with wiki() as fake:
        fake.statuses["/hidden"] = status
        assert (await result_of(f"{fake.url}/hidden"))[0] is LinkState.UNKNOWN


async def test_redirects_are_followed_to_their_end() -> None:
    """A page that moved is alive if its new position is; a loop is dead."""
    async with wiki() as fake:
        fake.moved = {"/old": "/new", "/lost": "/gone", "/loop": "/loop", "/odd": "javascript:x"}
        fake.statuses["/gone"] = 404
        assert (await result_of(f"{fake.url}/old"))[0] is LinkState.OK
        assert "404" in (await result_of(f"{fake.url}/lost"))[1]
        assert "more than 5 times" in (await result_of(f"{fake.url}/loop"))[1]
        assert "no URL" in (await result_of(f"{fake.url}/odd"))[1]


async def test_private_address_is_not_followed_without_the_setting() -> None:
    """Anyone who may post alerts must not make the gateway ask its own network."""
    async with wiki() as fake:
        state, detail = await result_of(f"{fake.url}/page", LinkCheckSettings())
        assert state is LinkState.UNKNOWN
        assert "private_addresses: allow" in detail
        assert fake.requests == []


async def test_redirect_into_a_private_network_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each hop is checked: a public page must not lead to the metadata of a cloud."""
    async with wiki() as public, wiki() as private:
        port = private.url.rpartition(":")[2]
        public.moved["/page"] = f"http://127.0.0.2:{port}/latest/meta-data"
        monkeypatch.setattr(private_addresses, "is_public", lambda address: address == "127.0.0.1")
        state, detail = await result_of(f"{public.url}/page", LinkCheckSettings())
        assert state is LinkState.UNKNOWN
        assert "private address" in detail
        assert public.requests == [("HEAD", "/page")]
        assert private.requests == []


async def test_server_that_does_not_answer_is_dead() -> None:
    """A closed port, and the detail says so."""
    async with wiki() as fake:
        url = fake.url
    state, detail = await result_of(f"{url}/page")
    assert state is LinkState.DEAD
    assert detail


async def test_many_links_of_one_server_are_asked_two_at_a_time() -> None:
    """A small wiki must not notice the check."""
    async with wiki() as fake:
        links = [FoundLink(f"{fake.url}/{number}", ("here",)) for number in range(20)]
        await check_links(links, ANYWHERE)
        assert len(fake.requests) == 20
        assert fake.most_at_once == 2

"""What /healthz and /readyz say of channels."""

from tests.flow.world import World


def test_channel_whose_threads_do_not_come_back_is_said(world: World) -> None:
    """E49: abandoned threads are a problem of that channel, in words, and of no other."""
    world.troubles["email"] = "9 email calls have not come back"
    bad = [health for health in world.engine.problems() if not health.ok]
    assert [(health.component, health.text) for health in bad] == [
        ("channel email", "9 email calls have not come back")
    ]

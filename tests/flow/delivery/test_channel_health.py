"""What /healthz and /readyz say of channels."""

from tests.flow.world import World


def test_a_channel_with_abandoned_threads_is_unhealthy(world: World) -> None:
    """E49: abandoned threads are a problem of that channel, and of no other."""
    world.troubles["email"] = "9 email calls have not come back"
    bad = [health for health in world.engine.problems() if not health.ok]
    assert [(health.component, health.text) for health in bad] == [
        ("channel email", "9 email calls have not come back")
    ]

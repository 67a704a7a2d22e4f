"""A gateway whose configuration Kubernetes replaces: it notices by itself, and keeps working."""

from pathlib import Path

import pytest

from tests.mounted import MountedFolder
from tests.processes.conftest import MakeGateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.routes import WEBHOOK
from tests.processes.test_reload import notified
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

GUARDED = WEBHOOK + 'sources:\n  alertmanager: {type: alertmanager, bearer: "${INTAKE_TOKEN}"}\n'


def test_a_replaced_configmap_and_a_rotated_secret_take_effect(
    make_gateway: MakeGateway, vendors: Vendors, tmp_path: Path
) -> None:
    """New routes and a new token work without a restart or request; a bad file changes nothing."""
    other = GUARDED.replace("/hook", "/elsewhere")

    def filled(text: str) -> dict[str, str]:
        return {"routes.yaml": text.replace("<webhook>", vendors.urls["webhook"])}

    config = MountedFolder(tmp_path / "config", filled(GUARDED))
    secrets = MountedFolder(tmp_path / "secrets", {"INTAKE_TOKEN": "test-old"})
    gateway = make_gateway(
        GATEWAY_CONFIG=str(config.path / "routes.yaml"),
        GATEWAY_SECRETS_DIR=str(secrets.path),
        GATEWAY_RELOAD_ON_CHANGE="1",
    ).start()
    assert gateway.post(alert("Early"))[0] == 401
    gateway.credentials = {"Authorization": "Bearer test-old"}
    gateway.accept(alert("First"))
    wait_for("it is notified", lambda: notified(vendors, "/hook") == [("firing", "First")])

    config.update(filled(other))
    wait_for("the new routes are loaded", lambda: gateway.log().count("routes.yaml loaded") == 1)
    gateway.accept(alert("Second"))
    wait_for(
        "the new receiver is notified",
        lambda: ("firing", "Second") in notified(vendors, "/elsewhere"),
    )

    secrets.update({"INTAKE_TOKEN": "test-new"})
    wait_for("the new token is loaded", lambda: gateway.log().count("routes.yaml loaded") == 2)
    assert gateway.post(alert("Third"))[0] == 401
    gateway.credentials = {"Authorization": "Bearer test-new"}
    gateway.accept(alert("Third"))

    config.update(filled(other.replace("receiver: sink", "receiver: snik")))
    wait_for("the bad file is refused", lambda: "routes.yaml not loaded" in gateway.log())
    gateway.accept(alert("Fourth"))
    wait_for(
        "the old routes stay active",
        lambda: ("firing", "Fourth") in notified(vendors, "/elsewhere"),
    )
    assert "test-old" not in gateway.log()
    assert "test-new" not in gateway.log()

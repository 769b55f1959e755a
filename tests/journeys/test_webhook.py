"""What a running installation looks after by itself or when it is told to: the webhook, the first look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.sweeps import wait_for_sweep

if TYPE_CHECKING:
    from tests.journeys.running_installation import RunningInstallation


def test_a_worker_takes_the_first_look_by_itself(serving: RunningInstallation) -> None:
    sweep = wait_for_sweep(serving.product)

    assert (sweep["found"], sweep["first"], sweep["stopped"]) == (0, True, None)


def test_a_webhook_that_was_spoilt_is_repaired_and_tells_again(serving: RunningInstallation) -> None:
    [hook] = serving.sender.webhooks()
    hook.enabled, hook.secret, hook.triggers = False, "An0ther!Secret", 512

    done = serving.product.run("webhook", "register", settings={"PUBLIC_URL": serving.product.url})

    assert done.returncode == 0, done.stdout
    assert "is repaired" in done.stdout
    serving.save("Told again.docx")  # accepted, so signed with the secret of the installation

"""``relance rebuild …``: counts again from history what the state store keeps counted."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from relance.cli.given import Config
from relance.cli.stores import opened_state
from relance.core.configuration import read_settings
from relance.events.past import open_history
from relance.messaging.service import Rebuilt, rebuild_figures
from relance.pipeline.standstill import standstill, writing_alone

app = App(
    name="rebuild", help="Count again from history what is kept counted, and heal what differs. The server must be stopped."
)

Data = Annotated[str | None, Parameter(help="Folder for everything the program keeps.")]


@app.command
def figures(*, config: Config = None, data: Data = None) -> None:
    """Count the figures of messages again: sent, failed, skipped by reason, delivered, opened, clicked, credited, earned.

    All is written at once, at the end: if it is stopped before, figures are as they were.
    """
    settings = read_settings(config, data=data)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with opened_state(settings) as state, standstill(settings, state) as cursors:
        history = open_history(settings)
        try:
            for cursor in cursors:
                history.rewind(cursor.partition, cursor.position)
            with (
                Progress(*columns, console=Console(stderr=True), transient=True) as bar,
                writing_alone(state, cursors) as connection,
            ):
                task = bar.add_task("Counting")
                upto = {cursor.partition: cursor.position for cursor in cursors}
                done = rebuild_figures(
                    connection, history, upto, lambda reached, total: bar.update(task, completed=reached, total=total)
                )
        finally:
            history.close()
    Console().print(_said(done), highlight=False)


def _said(done: Rebuilt) -> str:
    found = f"History tells of {done.deliveries:,} deliveries."
    if not done.healed and not done.changed:
        return f"{found} All figures are as they were."
    return (
        f"{found} {done.healed:,} of those on the record, and {done.changed:,} of the {done.figures:,} figures of others, were"
        " otherwise and are right now."
    )

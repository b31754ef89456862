"""The live side: who listens to the registry, who to the view, and what each is sent when."""

from collections.abc import Sequence
from typing import Any

from valero.kit import clock
from valero.observer import history, views
from valero.observer.history import Event
from valero.observer.roster import Roster, Target
from valero.observer.store import HistoryUnavailable, Store
from valero.observer.stream import Message, Stream
from valero.observer.views import Views


class Live:
    """Tells the gateway where services are, and people how they are, as soon as it changes."""

    def __init__(self, roster: Roster, show: Views, store: Store) -> None:
        self.epoch = str(clock.new_id())
        self.version = 0
        self.registry_stream = Stream()
        self.people_stream = Stream()
        self._roster = roster
        self._show = show
        self._store = store
        self._told: dict[str, list[dict[str, str]]] = {}

    def snapshot(self) -> dict[str, Any]:
        """The registry as it is; `version` grows with every change within one `epoch`."""
        services = self._show.registry()
        if services != self._told:
            self._told = services
            self.version += 1
        return {"epoch": self.epoch, "version": self.version, "services": services}

    def changed(self, target: Target, now: float) -> None:
        """`target` looks different: tell whoever that concerns."""
        before = self.version
        snapshot = self.snapshot()
        if self.version != before:
            self.registry_stream.publish(Message("registry", snapshot))
        if self.people_stream and self._roster.of_service(target.service):
            shown = self._show.service(target.service, now)
            self.people_stream.publish(Message("service", shown.model_dump(mode="json")))

    def sampled(self, now: float) -> None:
        """New measurements are in: tell people."""
        if self.people_stream:
            for shown in self._show.services(now):
                self.people_stream.publish(Message("service", shown.model_dump(mode="json")))

    def happened(self, event: Event) -> None:
        """An event was written."""
        if self.people_stream:
            self.people_stream.publish(_message(event))

    async def first_for_gateway(self) -> Sequence[Message]:
        """What a new listener to the registry gets."""
        return [Message("registry", self.snapshot())]

    async def first_for_people(self, last_event_id: int | None, now: float) -> Sequence[Message]:
        """The events after `last_event_id`, if given, then everything as it is now."""
        missed: Sequence[Event] = ()
        if last_event_id is not None:
            try:
                missed = await history.after(self._store, last_event_id)
            except HistoryUnavailable:
                missed = ()
        services = [shown.model_dump(mode="json") for shown in self._show.services(now)]
        return [*map(_message, missed), Message("snapshot", {"services": services})]


def _message(event: Event) -> Message:
    return Message("event", views.event(event).model_dump(mode="json"), id=event.id)

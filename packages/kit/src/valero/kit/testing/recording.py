"""A bus that stays in this process: for tests of what a service sends and receives.

It keeps the promises of the real ones; the same tests hold it against Redis and RabbitMQ.
"""

from collections.abc import Mapping, Sequence

from valero.contracts.envelope import Envelope
from valero.kit.bus import BrokerAway, Bus, DeadLetter, Delivery, Judge, Outgoing, Receive


class RecordingTransport:
    """See bus.Transport. While `away` is set, it is as if the broker were down."""

    def __init__(self) -> None:
        self.away = False
        self.incarnation = "recording"
        self.sent: list[Outgoing] = []
        self.letters: list[DeadLetter] = []
        self._waiting: list[Outgoing] = []
        self._subscriptions: dict[str, Receive] = {}

    async def connect(self, subscriptions: Mapping[str, Receive]) -> None:
        """Receive, beginning with what nobody was there for."""
        self._check()
        self._subscriptions = dict(subscriptions)
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            await self._deliver(event)

    async def check(self) -> None:
        """Nothing here stops by itself."""
        self._check()

    async def disconnect(self) -> None:
        """Receive no more."""
        self._subscriptions = {}

    async def send(self, batch: Sequence[Outgoing]) -> None:
        """Record, and deliver to this process."""
        self._check()
        for event in batch:
            self.sent.append(event)
            await self._deliver(event)

    async def bury(self, letter: DeadLetter) -> None:
        """Keep in `letters`."""
        self._check()
        self.letters.append(letter)

    async def count_dead(self) -> int:
        """The number of `letters`."""
        self._check()
        return len(self.letters)

    async def review_dead(self, judge: Judge, limit: int) -> None:
        """Letters that `judge` settles are forgotten."""
        self._check()
        for letter in self.letters[:limit]:
            if await judge(letter):
                self.letters.remove(letter)

    async def tidy(self, types: Sequence[str]) -> None:
        """Nothing is kept beyond a test."""

    async def _deliver(self, event: Outgoing) -> None:
        receive = self._subscriptions.get(event.type)
        if receive is None:
            self._waiting.append(event)
        else:
            await receive(Delivery(event.type, event.body))

    def _check(self) -> None:
        if self.away:
            raise BrokerAway("the test says so")


class RecordingBus(Bus):
    """A bus whose broker is a list."""

    def __init__(self) -> None:
        self.broker = RecordingTransport()
        super().__init__("", service="test", instance="test-1", transport=self.broker)

    @property
    def events(self) -> list[Envelope]:
        """Everything sent so far, in order."""
        return [Envelope.model_validate_json(event.body) for event in self.broker.sent]

"""Auth's own settings beside those of every service."""

from pydantic import PositiveInt

from valero.auth.passwords import Cost
from valero.kit.settings import Settings


class AuthSettings(Settings):
    """`VALERO_PASSWORD_*`: what one password hash costs, for machines with more or less memory.

    Changing it is safe at any time: a hash is renewed when its owner signs in.
    """

    password_memory_kib: PositiveInt = Cost.memory_kib
    password_rounds: PositiveInt = Cost.rounds
    password_lanes: PositiveInt = Cost.lanes

    @property
    def cost(self) -> Cost:
        """The parameters together."""
        return Cost(self.password_memory_kib, self.password_rounds, self.password_lanes)

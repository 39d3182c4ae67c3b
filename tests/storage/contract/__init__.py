"""What every store must do, whatever its engine.

A test class per engine inherits `StoreContract` and brings the `store` fixture; one that can be
opened twice also inherits `SharedContract` and brings `pair`.
"""

from tests.storage.contract.contacts import ContactContract
from tests.storage.contract.dossiers import DossierContract
from tests.storage.contract.figures import FigureContract
from tests.storage.contract.inbox import InboxContract
from tests.storage.contract.operations import OperationsContract
from tests.storage.contract.post import PostContract
from tests.storage.contract.queue import QueueContract
from tests.storage.contract.registry import RegistryContract
from tests.storage.contract.rights import RightsContract
from tests.storage.contract.shared import SharedContract
from tests.storage.contract.staff import StaffContract
from tests.storage.contract.transactions import TransactionContract
from tests.storage.contract.units import UnitContract
from tests.storage.contract.upkeep import UpkeepContract

__all__ = ["SharedContract", "StoreContract"]


class StoreContract(
    UnitContract,
    TransactionContract,
    PostContract,
    QueueContract,
    RegistryContract,
    ContactContract,
    DossierContract,
    StaffContract,
    InboxContract,
    RightsContract,
    OperationsContract,
    FigureContract,
    UpkeepContract,
):
    """Everything one store must do by itself."""

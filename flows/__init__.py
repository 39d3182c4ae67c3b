"""The procedures, found by themselves: every module here that has a `flow` is one."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType

from flows.machine import BrokenFlow, Flow


def discover(package: ModuleType | None = None) -> Mapping[str, Flow]:
    """Every flow of `package` (by default this one), by name, in the order of the menu.

    Raises BrokenFlow when two procedures share a name or a command.
    """
    home = package or importlib.import_module(__name__)
    modules = [
        importlib.import_module(f"{home.__name__}.{found.name}")
        for found in pkgutil.iter_modules(home.__path__)
    ]
    flows = [module.flow for module in modules if isinstance(getattr(module, "flow", None), Flow)]
    named = {flow.name: flow for flow in sorted(flows, key=lambda flow: flow.order)}
    commands = {flow.command for flow in flows}
    if len(named) < len(flows) or len(commands) < len(flows):
        raise BrokenFlow("two procedures share a name or a command; rename one")
    return named

"""No code of the handlers or the cycle opens a store without a gate (practice C10), read from its source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2]
OPENS = {"unit", "reading"}
# Where a store is opened without a gate, and the only repositories that are used there: none with people's words.
UNGATED = {"handlers/shared/profiles.py": {"people", "requests"}}


def is_gated(call: ast.Call) -> bool:
    """Whether a call that opens a store gives it a viewer."""
    return any(one.arg == "gate" and not isinstance(one.value, ast.Constant) for one in call.keywords)


def aliases_of(tree: ast.AST) -> set[str]:
    """The names that a database is bound to, besides those that say so."""
    assigned = (node for node in ast.walk(tree) if isinstance(node, ast.Assign))
    return {
        target.id
        for node in assigned
        if ast.unparse(node.value).endswith("database")
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def passed_on(tree: ast.AST, reference: ast.Attribute) -> tuple[ast.AST, str] | None:
    """The method of the same module that gets a reference to `database.unit`, and its name there; None otherwise."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if reference in call.args and isinstance(call.func, ast.Attribute):
            for method in ast.walk(tree):
                if isinstance(method, ast.AsyncFunctionDef) and method.name == call.func.attr:
                    return method, method.args.args[call.args.index(reference) + 1].arg
    return None


def opens_gated(method: ast.AST, name: str) -> bool:
    """Whether a method uses a reference that it gets only for opening stores with a gate."""
    calls = [
        node
        for node in ast.walk(method)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]
    uses = [node for node in ast.walk(method) if isinstance(node, ast.Name) and node.id == name]
    return bool(calls) and len(uses) == len(calls) and all(is_gated(call) for call in calls)


def openings(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every way in which a module opens a store or gets at a database's tables, and whether it goes with a gate."""
    calls = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    aliases = aliases_of(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=owner, attr=name) if (
                ast.unparse(owner).endswith("database") or ast.unparse(owner) in aliases
            ) and name in OPENS | {"engine"}:
                call, handed = calls.get(node), passed_on(tree, node)
                gated = is_gated(call) if call else handed is not None and opens_gated(*handed)
                yield ast.unparse(node), gated and name in OPENS
            case ast.Call(func=ast.Name(id="Store" | "getattr"), args=[first, *_]) if ast.unparse(
                node.func
            ) == "Store" or ast.unparse(first).endswith("database"):
                yield ast.unparse(node), False


def repositories_in(tree: ast.AST) -> set[str]:
    """The repositories of a store that a module uses."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "store"
    }


@pytest.mark.parametrize("folder", ["handlers", "cycle"])
def test_C10_no_store_is_opened_without_a_gate(folder: str):
    """Every store that handlers open is given a viewer, save in the places named here; the cycle opens none at all."""
    found = {
        str(path.relative_to(SOURCE)): list(openings(ast.parse(path.read_text())))
        for path in sorted((SOURCE / folder).rglob("*.py"))
    }
    ungated = {name for name, opened in found.items() if not all(gated for _, gated in opened)}
    assert ungated == (set(UNGATED) if folder == "handlers" else set())
    assert any(found.values()) is (folder == "handlers")


@pytest.mark.parametrize("name", UNGATED)
def test_C10_without_a_gate_no_words_are_read(name: str):
    """What is opened without a gate knows people's profiles and the ids of requests, and uses no other repository."""
    assert repositories_in(ast.parse((SOURCE / name).read_text())) == UNGATED[name]


THROUGH = """
class Interaction:
    def reading(self):
        return self._entered(self.services.database.{opens})

    async def _entered(self, opened):
        {use}
"""


@pytest.mark.parametrize(
    ("source", "gated"),
    [
        ("database.unit(1, gate=viewer)", True),
        ("self.services.database.reading(1, gate=viewer)", True),
        ("database.unit(1)", False),
        ("database.unit(1, gate=None)", False),
        ("opened = database.unit", False),
        ("run(database.reading)", False),
        ("partial(services.database.unit, 1)", False),
        ("db = services.database\ndb.unit(1)", False),
        ("getattr(services.database, 'unit')(1)", False),
        ("database.engine.connect()", False),
        ("Store(session, 1)", False),
        (THROUGH.format(opens="reading", use="return opened(1, gate=viewer)"), True),
        (THROUGH.format(opens="unit", use="return opened(1)"), False),
        (THROUGH.format(opens="unit", use="return run(opened)"), False),
        (THROUGH.format(opens="unit", use="opened(1, gate=viewer)\n        return run(opened)"), False),
    ],
)
def test_C10_a_store_without_a_gate_is_noticed(source: str, gated: bool):  # noqa: FBT001
    """However it is opened: by a call, by a reference that is passed on, under another name or past the store."""
    assert [one for _, one in openings(ast.parse(source))] == [gated]

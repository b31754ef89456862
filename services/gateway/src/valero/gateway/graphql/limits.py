"""How large a query may be, judged before it is validated, so that refusing costs next to nothing.

The cost of a query is the number of field values it may return: a list counts as its `limit`, one
in a variable as the largest allowed, a list without limit as ASSUMED_ITEMS.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
)
from strawberry.extensions import SchemaExtension

from valero.gateway.graphql.errors import refused

MOST_ITEMS = 200
USUAL_ITEMS = 50
ASSUMED_ITEMS = 10

MOST_TOKENS = 2000
MOST_FIELDS = 300
MOST_ALIASES = 15
MOST_DEPTH = 9
MOST_COST = 30_000

REMEMBERED_QUERIES = 500


@dataclass(frozen=True)
class Size:
    """What was counted in one selection."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    cost: int = 0


class Limits(SchemaExtension):
    """Parses the query and refuses it if it is too large; remembers what passed."""

    def on_parse(self) -> Iterator[None]:
        """Raises GraphQLError with one of the codes of `check`."""
        context = self.execution_context
        context.graphql_document = read(context.schema._schema, context.query or "")
        yield


@lru_cache(maxsize=REMEMBERED_QUERIES)
def read(schema: GraphQLSchema, query: str) -> DocumentNode:
    """The parsed query. Raises GraphQLError if it cannot be read or is too large."""
    document = parse(query, max_tokens=MOST_TOKENS)
    check(measure(schema, document))
    return document


def check(size: Size) -> None:
    """Raises GraphQLError QueryTooLarge, QueryTooDeep, TooManyAliases or QueryTooCostly."""
    if size.fields > MOST_FIELDS:
        raise refused("QueryTooLarge", f"{size.fields} fields; at most {MOST_FIELDS} are allowed.")
    if size.depth > MOST_DEPTH:
        raise refused("QueryTooDeep", f"Depth {size.depth}; at most {MOST_DEPTH} is allowed.")
    if size.aliases > MOST_ALIASES:
        most = f"at most {MOST_ALIASES} are allowed."
        raise refused("TooManyAliases", f"{size.aliases} aliases; {most}")
    if size.cost > MOST_COST:
        raise refused("QueryTooCostly", f"Cost {size.cost}; at most {MOST_COST} is allowed.")


def measure(schema: GraphQLSchema, document: DocumentNode) -> Size:
    """All operations of `document` together. Raises GraphQLError for fragments in a circle."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    ruler = _Ruler(schema, fragments)
    total = Size()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            root = schema.get_root_type(node.operation)
            total = _beside(total, ruler.selection(node.selection_set, root))
    return total


class _Ruler:
    """Measures selections; every fragment only once, however often it is spread."""

    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._measured: dict[str, Size | None] = {}

    def selection(self, selected: SelectionSetNode | None, parent: object) -> Size:
        total = Size()
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                size = self._field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                size = self._fragment(node.name.value)
            else:
                size = self.selection(getattr(node, "selection_set", None), parent)
            total = _beside(total, size)
        return total

    def _field(self, node: FieldNode, parent: object) -> Size:
        known = parent.fields.get(node.name.value) if _is_object(parent) else None
        inner = self.selection(node.selection_set, get_named_type(known.type) if known else None)
        if node.name.value.startswith("__"):
            # the description of the schema has its own limit of depth among the validation rules
            inner = Size(fields=inner.fields, aliases=inner.aliases, cost=inner.fields * MOST_ITEMS)
        return Size(
            depth=inner.depth + 1,
            fields=inner.fields + 1,
            aliases=inner.aliases + (node.alias is not None),
            cost=1 + _items(node, known) * inner.cost,
        )

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            self._measured[name] = None
            node = self._fragments.get(name)
            if node is None:  # validation says so
                return Size()
            parent = self._schema.get_type(node.type_condition.name.value)
            self._measured[name] = self.selection(node.selection_set, parent)
        size = self._measured[name]
        if size is None:
            raise refused("FragmentCircular", f"The fragment {name} contains itself.")
        return size


def _is_object(parent: object) -> TypeGuard[GraphQLObjectType]:
    return isinstance(parent, GraphQLObjectType)


def _items(node: FieldNode, known: GraphQLField | None) -> int:
    """How many values the field may have."""
    for argument in node.arguments or ():
        if argument.name.value == "limit":
            literal = argument.value
            if isinstance(literal, IntValueNode) and len(literal.value) < 4:
                return max(0, int(literal.value))
            return MOST_ITEMS
    if known is None:
        return 1
    if "limit" in known.args:
        return USUAL_ITEMS
    bare = known.type.of_type if isinstance(known.type, GraphQLNonNull) else known.type
    # the items of a page are counted at the field with the limit
    return ASSUMED_ITEMS if isinstance(bare, GraphQLList) and node.name.value != "items" else 1


def _beside(one: Size, other: Size) -> Size:
    return Size(
        depth=max(one.depth, other.depth),
        fields=one.fields + other.fields,
        aliases=one.aliases + other.aliases,
        cost=one.cost + other.cost,
    )

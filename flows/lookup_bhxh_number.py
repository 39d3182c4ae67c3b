"""Find one"s own social insurance number: five places where it stands, and the official page."""

from flows.telling import tell

flow = tell(
    "lookup_bhxh_number",
    order=19,
    command="maso",
    more=("book", "card", "papers", "page", "office"),
)

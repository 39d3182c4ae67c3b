"""The parts an HTTP SMS gateway's description is made of: auth, body, and what answers mean.

Each part says what it may hold; what they mean together is checked in gateway.py.
"""

import re
from typing import Annotated, Literal, Self
from xml.parsers import expat

from pydantic import AfterValidator, Field, Json, JsonValue, model_validator

from bot.notifier.described import Described, Secret

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]


class NoAuth(Described):
    """The gateway knows us by address, or by secrets in the body."""

    kind: Literal["none"] = "none"


class BasicAuth(Described):
    """HTTP Basic. The user is a secret too: some gateways put their token there."""

    kind: Literal["basic"]
    user: Secret
    password: Secret


class BearerAuth(Described):
    """Authorization: Bearer."""

    kind: Literal["bearer"]
    token: Secret


class HeaderKey(Described):
    """A key in a header of the gateway's own."""

    kind: Literal["header"]
    name: Token
    value: Secret


class QueryKey(Described):
    """A key in the query string."""

    kind: Literal["query"]
    name: Token
    value: Secret


class FieldsBody(Described):
    """Flat fields, in the query string or as a form."""

    kind: Literal["query", "form"]
    fields: dict[str, str]


class JsonBody(Described):
    """A JSON document; its string values may hold placeholders."""

    kind: Literal["json"]
    template: Json[JsonValue]


def _plain_xml(template: str) -> str:
    # Inside a comment or CDATA an escaped value would not mean what it says.
    if "<!" in template:
        raise ValueError("no comment, CDATA or DOCTYPE")
    try:
        expat.ParserCreate().Parse(template.encode(), True)  # noqa: FBT003 - expat takes no name
    except expat.ExpatError:
        raise ValueError("not well-formed XML") from None
    return template


class XmlBody(Described):
    """An XML document, SOAP for one; text and attributes may hold placeholders."""

    kind: Literal["xml"]
    template: Annotated[str, AfterValidator(_plain_xml)]


class Place(Described):
    """Where a value stands in an answer: a JSON pointer, or a regular expression.

    A regular expression gives its first group, or all it matched when it has none.
    """

    pointer: str | None = Field(None, pattern=r"^/")
    regex: re.Pattern[str] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.pointer is None) == (self.regex is None):
            raise ValueError("give either pointer or regex")
        return self


class Success(Described):
    """When an answer means that the message was taken; without `equals` being found is enough."""

    statuses: tuple[int, int] = (200, 299)
    at: Place | None = None
    equals: str | None = None

    @property
    def tells(self) -> Place | None:
        """Where a gateway that does not say "success" here says what is wrong instead."""
        return self.at if self.equals is not None else None

    @model_validator(mode="after")
    def _meaningful(self) -> Self:
        if self.equals is not None and self.at is None:
            raise ValueError("equals needs at")
        if self.statuses[0] > self.statuses[1]:
            raise ValueError("statuses must be [lowest, highest]")
        return self


Auth = Annotated[
    NoAuth | BasicAuth | BearerAuth | HeaderKey | QueryKey, Field(discriminator="kind")
]
Body = Annotated[FieldsBody | JsonBody | XmlBody, Field(discriminator="kind")]
Outcome = Literal["retry", "permanent", "duplicate"]

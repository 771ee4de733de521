"""What request bodies and names have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

# What a name may hold is up to people, but nothing that could end a line or break a terminal, and
# something that is no space: those around it are taken off.
_NO_NAME = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_SPACES = r"\s\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff"
_NAME_PATTERN = f"^[^{_NO_NAME}]*[^{_NO_NAME}{_SPACES}][^{_NO_NAME}]*$"
# A question may run over several lines.
_NO_TEXT = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_TEXT_PATTERN = f"^[^{_NO_TEXT}]*[^{_NO_TEXT}{_SPACES}][^{_NO_TEXT}]*$"


def _line(max_length: int) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True, min_length=1, max_length=max_length, pattern=_NAME_PATTERN
    )


Question = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=_TEXT_PATTERN),
]
CONVERSATION_ID = r"^[A-Za-z0-9_-]{1,64}$"
ConversationTitle = Annotated[str, _line(80)]
PersonName = Annotated[str, _line(100)]
WorkspaceName = Annotated[str, _line(80)]
DashboardName = Annotated[str, _line(80)]
ChartTitle = Annotated[str, _line(120)]
TokenName = Annotated[str, _line(100)]
Term = Annotated[str, _line(80)]
ValueName = Annotated[str, _line(500)]
Email = Annotated[
    str,
    StringConstraints(
        min_length=3,
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+$",
    ),
]
# Which rules a new password has to follow is up to the sign-in service.
NewPassword = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class RequestBody(BaseModel):
    """Base of request bodies: an unknown field is refused, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

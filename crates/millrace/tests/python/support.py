"""What every program here shares: checks that say what they saw, a record of the methods that were called, a customer
who links the accounts in QuickBooks, and waiting for the server.

A program is started with the URL of a server and an API key, prints what it has done, and fails with a traceback.
"""

from __future__ import annotations

import base64
import datetime
import inspect
import re
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

# Far more than a push takes; a test is never let wait for an SDK's own hour.
WAIT_SECS_MAX = 20
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


def arguments() -> tuple[str, str]:
    """The server's URL, and the header that carries the key."""
    url, key = sys.argv[1:3]
    return url, authorization(key)


def authorization(key: str) -> str:
    return "Basic " + base64.b64encode(key.encode()).decode()


def same(seen: Any, expected: Any, what: str = "") -> None:
    """Both the value and its type must be as expected: an enum's member is not its text. Links carry a new password at
    every look, so those are left out of what is compared."""
    is_same = seen == expected or without_passwords(seen) == without_passwords(expected)
    if type(seen) is not type(expected) or not is_same:
        raise AssertionError(f"{what or 'value'}: saw {seen!r}, expected {expected!r}")


def without_passwords(value: Any) -> str:
    return re.sub(r"otp=[0-9a-f]{64}", "otp=", repr(value))


def holds(condition: Any, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def is_a(value: Any, kind: type[T]) -> T:
    """The value, which must be of that type."""
    holds(isinstance(value, kind), f"{value!r} is no {kind.__name__}")
    return value  # type: ignore[no-any-return]


def is_uuid(value: str) -> str:
    same(str(uuid.UUID(is_a(value, str))), value, "uuid")
    return value


def is_moment(value: str) -> str:
    """A time in UTC as Codat writes them."""
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z"
    holds(re.fullmatch(pattern, is_a(value, str)), f"{value!r} is no time in UTC")
    return value


def day(days_ago: int) -> str:
    """A day as the push rules count them."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return str(today - datetime.timedelta(days=days_ago))


def raised(kind: type[T], call: Callable[[], Any]) -> T:
    """What `call` raises, which must be of exactly that type."""
    try:
        answer = call()
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is told
        if type(error) is kind:
            return error  # type: ignore[return-value]
        raise AssertionError(f"raised {error!r}, expected {kind.__name__}") from error
    raise AssertionError(f"answered {answer!r}, expected {kind.__name__}")


def wait_for(what: str, ask: Callable[[], T | None]) -> T:
    """Asks until there is an answer."""
    end = time.monotonic() + WAIT_SECS_MAX
    while time.monotonic() < end:
        if (answer := ask()) is not None:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {WAIT_SECS_MAX} s for {what}")


class Recorded:
    """A client whose methods are noted, as `group.method`, when they have returned."""

    def __init__(self, client: Any, groups: list[str]) -> None:
        self.client = client
        self.groups = groups
        self.returned: set[str] = set()

    def __getattr__(self, group: str) -> RecordedGroup:
        return RecordedGroup(self, group)

    def methods(self) -> set[str]:
        """Every method that the installed package has, but for twins that only wait otherwise."""
        return {f"{group}.{name}" for group in self.groups for name in self._methods_of(group)}

    def _methods_of(self, group: str) -> Iterator[str]:
        for name, _ in inspect.getmembers(type(getattr(self.client, group)), inspect.isfunction):
            if not name.startswith("_") and not re.search(r"_async$|_with(out)?_", name):
                yield name

    def expect_all_returned(self, excused: dict[str, str]) -> None:
        """Each method has returned or has an excuse, and no excuse is there in vain."""
        methods = self.methods()
        holds(methods, "the package has no methods: has its shape changed?")
        forgotten = methods - self.returned - set(excused)
        holds(not forgotten, f"neither exercised nor excused: {sorted(forgotten)}")
        vain = set(excused) & self.returned | set(excused) - methods
        holds(not vain, f"excused in vain: {sorted(vain)}")
        print(
            f"{type(self.client).__name__}: {len(self.returned)} of {len(methods)} methods returned"
        )


class RecordedGroup:
    """One group of methods, such as `companies`."""

    def __init__(self, record: Recorded, group: str) -> None:
        self._record = record
        self._group = group

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(getattr(self._record.client, self._group), name)

        def call(*values: Any, **named: Any) -> Any:
            answer = method(*values, **named)
            self._record.returned.add(f"{self._group}.{name}")
            return answer

        return call


class QuickBooks:
    """The customer's QuickBooks: the least that asks for accounts and for a statement of one."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = f"{url}/ofx"
        self.username = username
        self.password = password

    def connect(self, since: str) -> None:
        """Connects every account, each with a feed from that day on."""
        for number in self.numbers():
            self.statement(number, since)

    def numbers(self) -> list[str]:
        return values(self._ask(ACCOUNTS), "ACCTID")

    def statement(self, number: str, since: str) -> str:
        return self._ask(STATEMENT.format(number=number, since=since.replace("-", "")))

    def _ask(self, messages: str) -> str:
        text = FILE.format(username=self.username, password=self.password, messages=messages)
        headers = {"Content-Type": "application/x-ofx"}
        request = urllib.request.Request(self.url, text.encode(), headers)
        with urllib.request.urlopen(request, timeout=WAIT_SECS_MAX) as answer:
            return str(answer.read().decode())


def values(text: str, element: str) -> list[str]:
    """Every value of an element of OFX, in order."""
    return re.findall(rf"<{element}>([^<\r\n]*)", text)


FILE = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
    "<OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240229120000<USERID>{username}<USERPASS>{password}"
    "<LANGUAGE>ENG<APPID>QWIN<APPVER>2700</SONRQ></SIGNONMSGSRQV1>{messages}</OFX>"
)
ACCOUNTS = (
    "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>A1<ACCTINFORQ><DTACCTUP>19900101</ACCTINFORQ></ACCTINFOTRNRQ>"
    "</SIGNUPMSGSRQV1>"
)
STATEMENT = (
    "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>S1<STMTRQ><BANKACCTFROM><BANKID>999000001<ACCTID>{number}<ACCTTYPE>CHECKING"
    "</BANKACCTFROM><INCTRAN><DTSTART>{since}<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>"
)

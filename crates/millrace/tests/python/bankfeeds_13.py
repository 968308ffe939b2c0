"""codat-bankfeeds 13, every method: a bank's engineer from the first company to its deletion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from codat_bankfeeds import CodatBankFeeds
from codat_bankfeeds.models import shared
from codat_bankfeeds.models.errors import ErrorMessage, SDKError
from codat_bankfeeds.utils.retries import BackoffStrategy, RetryConfig

from support import (
    UNKNOWN_ID,
    QuickBooks,
    Recorded,
    arguments,
    authorization,
    day,
    holds,
    is_a,
    is_moment,
    is_uuid,
    raised,
    same,
    wait_for,
)

QUICKBOOKS_CANNOT = "QuickBooks cannot do it; the typed refusal is checked"
OF_XERO = f"{QUICKBOOKS_CANNOT}, and bankfeeds_13_books does it with Xero"
EXCUSED = {
    "account_mapping.create": OF_XERO,
    "bank_accounts.create": QUICKBOOKS_CANNOT,
    "bank_accounts.get_create_model": QUICKBOOKS_CANNOT,
    "bank_accounts.list": OF_XERO,
    "company_information.get": OF_XERO,
    "source_accounts.generate_otp": QUICKBOOKS_CANNOT,
}
GROUPS = [
    "companies",
    "connections",
    "bank_accounts",
    "source_accounts",
    "account_mapping",
    "transactions",
    "company_information",
    "managed_bank_feeds",
]
# Once more after 50 ms, and then the error is shown.
RETRIES = RetryConfig("backoff", BackoffStrategy(50, 50, 1.0, 100), retry_connection_errors=False)


def client(url: str, header: str) -> CodatBankFeeds:
    security = shared.Security(auth_header=header)
    return CodatBankFeeds(security=security, server_url=url, retry_config=RETRIES)


def main() -> None:
    url, header = arguments()
    sdk = client(url, header)
    same(sorted(type(sdk).__annotations__), sorted(GROUPS), "groups of methods")
    record = Recorded(sdk, GROUPS)
    company = companies(record)
    connection = connections(record, company)
    source_accounts(record, connection)
    batches(record, connection)
    link(record, url, connection)
    transactions(record, company, connection)
    managed_syncs(record, company, connection)
    what_quickbooks_tells(record, connection)
    what_quickbooks_cannot(record, connection)
    unlink(record, connection)
    strangers(url, company)
    deletions(record, company, connection)
    record.expect_all_returned(EXCUSED)


def companies(sdk: Recorded) -> dict[str, str]:
    """Created, found, replaced and updated; answers the request that names it."""
    wanted = {"name": "Elaborate Events (UK)", "description": "early", "tags": {"tier": "gold"}}
    made = is_a(sdk.companies.create(request=wanted), shared.Company)
    of_it = {"company_id": is_uuid(made.id)}
    same(made.name, "Elaborate Events UK", "characters that a name cannot have are left out")
    same(made.description, "early")
    same(made.tags, {"tier": "gold"})
    same(made.products, ["bank-feeds"])
    same((made.data_connections, made.reference_subsidiary_companies), ([], []))
    same((made.last_sync, made.reference_parent_company), (None, None))
    holds(f"/company/{made.id}?link.otp=" in made.redirect, made.redirect)
    is_moment(made.created)
    same(sdk.companies.get(request=of_it), made)

    updated = sdk.companies.update(request={**of_it, "company_update_request": {"name": "Events"}})
    same((updated.name, updated.description, updated.tags), ("Events", "early", made.tags))
    replacement = {"name": "Elaborate Events, Inc"}
    replaced = sdk.companies.replace(request={**of_it, "company_request_body": replacement})
    same((replaced.name, replaced.description, replaced.tags), ("Elaborate Events, Inc", "", {}))

    other = sdk.companies.create(request={"name": "Other", "tags": {"tier": "silver"}})
    page = is_a(sdk.companies.list(request={"page": 1, "page_size": 1}), shared.Companies)
    same((page.page_number, page.page_size, page.total_results), (1, 1, 2))
    same(page.results, [replaced])
    same(page.links.self_.href, "/companies")
    same(page.links.next.href, "/companies?page=2&pageSize=1")
    found = sdk.companies.list(request={"query": "name=Other", "order_by": "-created"})
    same(found.results, [other])
    same(sdk.companies.list(request={"tags": "tier = silver"}).results, [other])
    same(sdk.companies.delete(request={"company_id": other.id}), None)

    token = is_a(sdk.companies.get_access_token(request=of_it), shared.CompanyAccessToken)
    same((token.expires_in, token.token_type), (86400, "Bearer"))
    holds(token.access_token, "an access token is empty")
    refused_companies(sdk, of_it)
    return of_it


def refused_companies(sdk: Recorded, of_it: dict[str, str]) -> None:
    unknown = {"company_id": UNKNOWN_ID}
    typed(404, lambda: sdk.companies.get(request=unknown), "ClientsApi")
    typed(404, lambda: sdk.companies.get(request={"company_id": "no/uuid?"}), "ClientsApi")
    typed(404, lambda: sdk.companies.delete(request=unknown), "ClientsApi")
    typed(400, lambda: sdk.companies.create(request={"name": "()"}))
    malformed = typed(400, lambda: sdk.companies.list(request={"query": "name=="}), "ClientsApi")
    holds(malformed.error.startswith("Error parsing query - "), malformed.error)
    # Version 13 has no typed error for the 400 of these.
    empty = {**of_it, "company_request_body": {"name": "()"}}
    untyped(400, lambda: sdk.companies.replace(request=empty))


def connections(sdk: Recorded, company: dict[str, str]) -> dict[str, str]:
    wanted = {**company, "request_body": {"platform_key": "hcws"}}
    made = is_a(sdk.connections.create(request=wanted), shared.Connection)
    of_it = {**company, "connection_id": is_uuid(made.id)}
    same((made.integration_key, made.platform_name), ("hcws", "QuickBooks Online Bank Feeds"))
    same(made.source_type.value, "BankFeed")
    same(made.status, shared.DataConnectionStatus.PENDING_AUTH)
    same((made.last_sync, made.data_connection_errors), (None, []))
    is_uuid(made.integration_id)
    is_uuid(made.source_id)
    is_moment(made.created)
    holds("?otp=" in made.link_url, made.link_url)

    other = sdk.connections.create(request=wanted)
    page = is_a(sdk.connections.list(request=company), shared.Connections)
    same([one.id for one in page.results], [made.id, other.id])
    pending = {**company, "query": "status=PendingAuth", "order_by": "-created", "page_size": 1}
    same([one.id for one in sdk.connections.list(request=pending).results], [other.id])
    gone = {**company, "connection_id": other.id}
    same(sdk.connections.delete(request=gone), None)

    shown = sdk.connections.get(request=of_it)
    same((shown.id, shown.status), (made.id, made.status))
    error = typed(404, lambda: sdk.connections.get(request=gone))
    same(error.error, f"Data connection {other.id} not found")
    nowhere = {**company, "request_body": {"platform_key": "zzzz"}}
    untyped(400, lambda: sdk.connections.create(request=nowhere))
    return of_it


def source_accounts(sdk: Recorded, connection: dict[str, str]) -> None:
    old_shape = {
        "id": "acc 1/2",
        "account_name": "Current",
        "account_type": "Debit",
        "balance": 0.1,
    }
    wanted = {**connection, "request_body": {**old_shape, "currency": "GBP", "sort_code": "123456"}}
    made = is_a(sdk.source_accounts.create(request=wanted), shared.SourceAccount)
    same((made.id, made.account_name, made.account_type), ("acc 1/2", "Current", "Debit"))
    same((made.balance, made.currency, made.sort_code), (Decimal("0.1"), "GBP", "123456"))
    same((made.status.value, made.feed_start_date), ("pending", None))
    is_moment(made.modified_date)
    again = typed(400, lambda: sdk.source_accounts.create(request=wanted))
    holds("exists already" in again.error, again.error)
    same([fault.item_id for fault in again.validation.errors], ["id"])

    at_it = {**connection, "account_id": made.id}
    changes = {"id": made.id, "account_name": "Main"}
    changed = sdk.source_accounts.update(request={**at_it, "source_account": changes})
    same((changed.account_name, changed.balance), ("Main", made.balance))
    listed = sdk.source_accounts.list(request=connection)
    same(listed, [changed])
    same(sdk.source_accounts.delete(request=at_it), None)
    typed(404, lambda: sdk.source_accounts.delete(request=at_it))

    new_shape = shared.SourceAccountV2Prototype(
        id="acc-v2",
        account_name="Card",
        account_type="creditCard",
        account_number="00112233",
        currency="USD",
        balance=Decimal("-1200.55"),
        routing_info={"bank_code": "021000021", "type": "aba"},
        account_info={"nickname": "plastic", "available_balance": Decimal("12.5")},
    )
    made = sdk.source_accounts.create(request={**connection, "request_body": new_shape})
    made = is_a(made, shared.SourceAccountV2)
    same((made.account_type.value, made.balance), ("creditCard", Decimal("-1200.55")))
    same((made.routing_info.bank_code, made.routing_info.type.value), ("021000021", "aba"))
    same(made.account_info.available_balance, Decimal("12.5"))
    same(made.status.value, "pending")
    same(sdk.source_accounts.list(request=connection), [made])
    sdk.source_accounts.delete(request={**connection, "account_id": made.id})
    same(sdk.source_accounts.list(request=connection), [])


def batches(sdk: Recorded, connection: dict[str, str]) -> None:
    """HTTP 201 when all are made, 207 when some are, 409 when none."""

    def ask(*ids: str) -> list[Any]:
        body = [{"id": one, "account_name": one, "balance": 1.25} for one in ids]
        answer = sdk.source_accounts.create_batch(request={**connection, "request_body": body})
        return is_a(answer, list)

    made = ask("acc-1", "acc-2")
    same(
        [(one.source_account_id, one.result.status_code) for one in made],
        [("acc-1", 201), ("acc-2", 201)],
    )
    same(made[0].result.account.balance, Decimal("1.25"))
    mixed = ask("acc-2", "acc-3")
    same([one.result.status_code for one in mixed], [409, 201])
    holds("exists already" in mixed[0].result.error, mixed[0].result.error)
    same(mixed[0].result.account, None)
    same(mixed[1].result.account.id, "acc-3")
    none = untyped(409, lambda: ask("acc-1", "acc-2"))
    holds('"sourceAccountId":"acc-1"' in none.body, none.body)


def link(sdk: Recorded, url: str, connection: dict[str, str]) -> None:
    """The customer types the credentials into QuickBooks; revoked ones are refused there."""

    def credentials() -> QuickBooks:
        wanted = {**connection, "request_body": b"{}"}
        made = sdk.source_accounts.generate_credentials(request=wanted)
        made = is_a(made, shared.BankAccountCredentials)
        return QuickBooks(url, is_a(made.username, str), is_a(made.password, str))

    quickbooks = credentials()
    quickbooks.connect(since=day(3))
    accounts = sdk.source_accounts.list(request=connection)
    same([one.status.value for one in accounts], ["connected"] * 3)
    same([one.feed_start_date for one in accounts], [f"{day(3)}T00:00:00Z"] * 3)
    linked = sdk.connections.get(request=connection)
    same(linked.status, shared.DataConnectionStatus.LINKED)
    is_moment(linked.last_sync)

    same(sdk.source_accounts.delete_credentials(request=connection), None)
    same(quickbooks.numbers(), [])
    accounts = sdk.source_accounts.list(request=connection)
    same([one.status.value for one in accounts], ["disconnected"] * 3)
    credentials().connect(since=day(3))
    accounts = sdk.source_accounts.list(request=connection)
    same([one.status.value for one in accounts], ["connected"] * 3)


def transactions(sdk: Recorded, company: dict[str, str], connection: dict[str, str]) -> None:
    at_account = {**connection, "account_id": "acc-1"}

    def push(*lines: dict[str, Any]) -> Any:
        body = {"account_id": "acc-1", "transactions": list(lines)}
        wanted = {**at_account, "timeout_in_minutes": 5, "create_bank_transactions": body}
        answer = sdk.transactions.create(request=wanted)
        return is_a(answer, shared.CreateBankTransactionsResponse)

    date = f"{day(1)}T10:21:00.000Z"
    line = {
        "id": "l-1",
        "date_": date,
        "description": "Café",
        "amount": Decimal("-100.1"),
        "balance": 0.3,
    }
    made = push(
        {**line, "transaction_type": "Debit"},
        {**line, "id": "l-2", "amount": 1e-06, "reference": "r"},
    )
    same((made.status, made.status_code), (shared.PushOperationStatus.PENDING, 202), str(made))
    same(
        (made.company_id, made.data_connection_key),
        (company["company_id"], connection["connection_id"]),
    )
    same((made.data_type, made.timeout_in_minutes), (shared.DataType.BANK_TRANSACTIONS, 5))
    same(
        [(one.type.value, one.record_ref.data_type.value) for one in made.changes],
        [("Created", "bankTransactions")],
    )
    same((made.validation.errors, made.validation.warnings, made.completed_on_utc), ([], [], None))
    is_moment(made.requested_on_utc)
    echoed = made.data.transactions
    same([one.amount for one in echoed], [Decimal("-100.1"), Decimal("0.000001")])
    same([one.balance for one in echoed], [Decimal("0.3")] * 2)
    same(echoed[0].date_, f"{day(1)}T10:21:00Z", "a fraction of zeros is left out")
    same((echoed[0].description, echoed[0].reconciled), ("Café", False))
    same((echoed[0].transaction_type.value, echoed[1].reference), ("Debit", "r"))

    at_push = {**company, "push_operation_key": is_uuid(made.push_operation_key)}
    ended = wait_for("the push to end", lambda: ended_push(sdk, at_push))
    same((ended.status, ended.status_code), (shared.PushOperationStatus.SUCCESS, 200))
    is_moment(ended.completed_on_utc)

    refused = push({**line, "id": "l-3", "date_": day(40)})
    at_refused = {**company, "push_operation_key": refused.push_operation_key}
    failed = wait_for("the refusal", lambda: ended_push(sdk, at_refused))
    same((failed.status, failed.status_code), (shared.PushOperationStatus.FAILED, 400))
    holds(
        failed.validation.errors[0].item_id.startswith("transactions[0]"), failed.validation.errors
    )
    holds(failed.error_message, "a failed push says why")

    page = is_a(sdk.transactions.list_create_operations(request=company), shared.PushOperations)
    same(page.results, [failed, ended])
    succeeded = {**company, "query": "status=Success", "order_by": "requestedOnUtc"}
    same(sdk.transactions.list_create_operations(request=succeeded).results, [ended])
    refused_pushes(sdk, company, connection)


def ended_push(sdk: Recorded, at_push: dict[str, str]) -> Any:
    operation = is_a(sdk.transactions.get_create_operation(request=at_push), shared.PushOperation)
    return None if operation.status is shared.PushOperationStatus.PENDING else operation


def refused_pushes(sdk: Recorded, company: dict[str, str], connection: dict[str, str]) -> None:
    unknown = {**company, "push_operation_key": UNKNOWN_ID}
    typed(404, lambda: sdk.transactions.get_create_operation(request=unknown))
    body = {"account_id": "nobody", "transactions": [{"id": "l-4", "amount": 1}]}
    nobody = {**connection, "account_id": "nobody", "create_bank_transactions": body}
    typed(404, lambda: sdk.transactions.create(request=nobody))
    lines = [{"id": f"l-{number}", "amount": 1} for number in range(1001)]
    body = {"account_id": "acc-1", "transactions": lines}
    many = {**connection, "account_id": "acc-1", "create_bank_transactions": body}
    typed(400, lambda: sdk.transactions.create(request=many))


def managed_syncs(sdk: Recorded, company: dict[str, str], connection: dict[str, str]) -> None:
    """The bank, played by who has started this, gives one line at the first question."""
    at_account = {**connection, "source_account_id": "acc-2"}
    same(sdk.managed_bank_feeds.get_latest_sync(request=at_account), None, "HTTP 204 as yet")
    begun = sdk.managed_bank_feeds.run_ad_hoc_sync(request=at_account)
    at_sync = {
        **at_account,
        "sync_id": is_uuid(is_a(begun, shared.StartScheduledSyncResult).sync_id),
    }

    def ended() -> Any:
        sync = is_a(sdk.managed_bank_feeds.get_sync(request=at_sync), shared.SyncStatusResult)
        return None if sync.status == "Started" else sync

    sync = wait_for("the sync to end", ended)
    same((sync.status, sync.sync_id), ("SuccessDataPushed", at_sync["sync_id"]), str(sync))
    same((sync.company_id, sync.company_name), (company["company_id"], "Elaborate Events, Inc"))
    same((sync.data_connection_id, sync.source_account_id), (connection["connection_id"], "acc-2"))
    same(sync.period_start_utc.isoformat(), f"{day(3)}T00:00:00+00:00")
    same(sync.period_end_utc, sync.execution_start_utc)
    holds(sync.execution_end_utc >= sync.execution_start_utc, "it ended before it began")
    same(sync.error_message or None, None)
    same(sdk.managed_bank_feeds.get_latest_sync(request=at_account), sync)
    [key] = sync.push_operation_keys
    at_push = {**company, "push_operation_key": key}
    pushed = wait_for("its push to end", lambda: ended_push(sdk, at_push))
    same(pushed.status, shared.PushOperationStatus.SUCCESS)
    unknown = {**at_account, "sync_id": UNKNOWN_ID}
    typed(404, lambda: sdk.managed_bank_feeds.get_sync(request=unknown))


def what_quickbooks_tells(sdk: Recorded, connection: dict[str, str]) -> None:
    model = sdk.transactions.get_create_model(request={**connection, "account_id": "acc-1"})
    same((is_a(model, shared.PushOption).type.value, model.required), ("Object", True))
    holds(model.display_name, "a model has a name")
    lines = model.properties["transactions"]
    same((lines.type.value, lines.required), ("Array", True))
    same(lines.properties["description"].required, True)
    same(lines.properties["amount"].type.value, "Number")
    mapping = is_a(sdk.account_mapping.get(request=connection), list)
    same(
        [is_a(one, shared.BankFeedMapping).source_account_id for one in mapping],
        ["acc-1", "acc-2", "acc-3"],
    )
    same([one.status for one in mapping], ["connected"] * 3)
    same([one.feed_start_date for one in mapping], [f"{day(3)}T00:00:00"] * 3)
    same(mapping[2].source_balance, Decimal("1.25"))


def what_quickbooks_cannot(sdk: Recorded, connection: dict[str, str]) -> None:
    """Mapping is done in its own pages, and it keeps its books to itself."""
    mapping = {**connection, "bank_feed_account_mapping": {"source_account_id": "acc-1"}}
    prototype = {**connection, "bank_account_prototype": {"account_name": "New", "balance": 1}}
    typed(400, lambda: sdk.account_mapping.create(request=mapping))
    typed(400, lambda: sdk.company_information.get(request=connection))
    typed(400, lambda: sdk.source_accounts.generate_otp(request=connection))
    typed(400, lambda: sdk.bank_accounts.list(request=connection))
    typed(400, lambda: sdk.bank_accounts.create(request=prototype))
    typed(404, lambda: sdk.bank_accounts.get_create_model(request=connection))


def unlink(sdk: Recorded, connection: dict[str, str]) -> None:
    wanted = {**connection, "request_body": {"status": "Unlinked"}}
    unlinked = sdk.connections.unlink(request=wanted)
    same(unlinked.status, shared.DataConnectionStatus.UNLINKED)
    untyped(400, lambda: sdk.connections.unlink(request=wanted))


def strangers(url: str, company: dict[str, str]) -> None:
    """Who has no key, or one that is not known, learns nothing."""
    for header in [authorization("x" * 40), "Basic", "Bearer nothing"]:
        error = typed(401, lambda: client(url, header).companies.get(request=company))
        same(error.can_be_retried, "False")


def deletions(sdk: Recorded, company: dict[str, str], connection: dict[str, str]) -> None:
    same(sdk.connections.delete(request=connection), None)
    typed(404, lambda: sdk.source_accounts.list(request=connection))
    same(sdk.companies.delete(request=company), None)
    typed(404, lambda: sdk.companies.get(request=company), "ClientsApi")


def typed(status: int, call: Any, service: str = "PublicApi") -> Any:
    """The envelope of a refusal whose status the operation documents."""
    error = raised(ErrorMessage, call)
    same((error.status_code, error.data.status_code), (status, status), error.body)
    same(error.data.service, service, error.body)
    same(error.data.correlation_id, error.headers["X-Correlation-Id"])
    same(error.data.detailed_error_code, 0)
    return error.data


def untyped(status: int, call: Any) -> SDKError:
    """A refusal whose status the operation does not document."""
    error = raised(SDKError, call)
    same(error.status_code, status, error.body)
    return error


if __name__ == "__main__":
    main()

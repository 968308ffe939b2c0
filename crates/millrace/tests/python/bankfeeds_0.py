"""codat-bankfeeds 0.25 and 0.23, of 2023: accounts as an array, credentials by proxy, and lines listed. It is the
tutorial of that year to the letter; 0.23 pushes one flat object, 0.25 a list. Neither raises: an answer that it does
not like lacks its payload.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import codatbankfeeds
from codatbankfeeds.models import operations, shared

from support import (
    UNKNOWN_ID,
    QuickBooks,
    Recorded,
    arguments,
    authorization,
    day,
    holds,
    is_a,
    is_uuid,
    same,
    values,
)

PUSHES_ONE_FLAT_OBJECT = version("codat-bankfeeds").startswith("0.23.")
ACCOUNT = "352c5955-907a-4ff1-a3a2-fa9467739251"
EXCUSED: dict[str, str] = {}
GROUPS = ["companies", "connections", "bank_feed_accounts", "bank_account_transactions"]


def client(url: str, header: str) -> codatbankfeeds.CodatBankFeeds:
    return codatbankfeeds.CodatBankFeeds(
        security=shared.Security(auth_header=header), server_url=url
    )


def main() -> None:
    url, header = arguments()
    record = Recorded(client(url, header), GROUPS)
    company = companies(record)
    connection = connections(record, company)
    at_it = {"company_id": company, "connection_id": connection}
    accounts(record, at_it)
    quickbooks = credentials(record, url, at_it)
    transactions(record, quickbooks, at_it)
    model(record, at_it)
    strangers(url, company)
    deletions(record, at_it)
    record.expect_all_returned(EXCUSED)


def payload(answer: Any, name: str, status: int = 200) -> Any:
    same(answer.status_code, status, answer.raw_response.text)
    value = getattr(answer, name)
    holds(value is not None, f"{name} was not read from {answer.raw_response.text}")
    return value


def companies(sdk: Recorded) -> str:
    description = "Requested early access to the new bank reconciliation scheme."
    body = shared.CompanyRequestBody(description=description, name="Elaborate Events, Inc")
    made = payload(sdk.companies.create(body), "company")
    same((made.name, made.description), (body.name, description))
    at_it = {"company_id": is_uuid(made.id)}
    same(payload(sdk.companies.get(operations.GetCompanyRequest(**at_it)), "company"), made)
    body = shared.CompanyRequestBody(name="Elaborate Events", description="later")
    update = operations.UpdateCompanyRequest(**at_it, company_request_body=body)
    changed = payload(sdk.companies.update(update), "company")
    same((changed.name, changed.description), ("Elaborate Events", "later"))
    page = payload(sdk.companies.list(operations.ListCompaniesRequest(page=1)), "companies")
    same(page.results, [changed])
    unknown = sdk.companies.get(operations.GetCompanyRequest(company_id=UNKNOWN_ID))
    same((unknown.company, payload(unknown, "schema", 404).service), (None, "ClientsApi"))
    return str(made.id)


def connections(sdk: Recorded, company: str) -> str:
    body = operations.CreateDataConnectionRequestBody(platform_key="hcws")
    wanted = operations.CreateDataConnectionRequest(company_id=company, request_body=body)
    made = payload(sdk.connections.create(wanted), "connection")
    # It does not know the source type of today, so it is told another.
    same((made.source_type.value, made.status.value), ("Other", "PendingAuth"))
    at_it = {"company_id": company, "connection_id": is_uuid(made.id)}
    shown = sdk.connections.get(operations.GetCompanyConnectionRequest(**at_it))
    same(payload(shown, "connection").id, made.id)
    listed = sdk.connections.list(operations.ListCompanyConnectionsRequest(company_id=company))
    same([one.id for one in payload(listed, "connections").results], [made.id])
    owner = sdk.companies.get(operations.GetCompanyRequest(company_id=company))
    owned = payload(owner, "company").data_connections
    same([one.source_type.value for one in owned], ["Other"])
    return str(made.id)


def accounts(sdk: Recorded, at_it: dict[str, str]) -> None:
    account = shared.BankFeedAccount(
        account_name="Account 002",
        account_number="12345670",
        account_type="Debit",
        balance=6531.4,
        currency="GBP",
        id=ACCOUNT,
        sort_code="123456",
    )
    wanted = operations.CreateBankFeedRequest(request_body=[account], **at_it)
    made = payload(sdk.bank_feed_accounts.create(wanted), "bank_feed_accounts")
    same([(one.id, one.balance, one.status) for one in made], [(ACCOUNT, 6531.4, "pending")])
    listed = sdk.bank_feed_accounts.get(operations.GetBankFeedsRequest(**at_it))
    same(payload(listed, "bank_feed_accounts"), made)
    account.account_name = "Main"
    update = operations.UpdateBankFeedRequest(
        account_id=ACCOUNT, bank_feed_account=account, **at_it
    )
    changed = payload(sdk.bank_feed_accounts.update(update), "bank_feed_account")
    same((changed.account_name, changed.sort_code), ("Main", "123456"))


def credentials(sdk: Recorded, url: str, at_it: dict[str, str]) -> QuickBooks:
    """By proxy; then the customer connects the account, and sees the two lines of a test."""
    endpoint = f"generatecredentials?dataconnectionid={at_it['connection_id']}"
    answer = sdk.connections.proxy(operations.ProxyRequest(endpoint=endpoint, **at_it))
    made = is_a(payload(answer, "proxy_response"), dict)
    quickbooks = QuickBooks(url, made["username"], made["password"])
    [number] = quickbooks.numbers()
    same(len(values(quickbooks.statement(number, since=day(3)), "FITID")), 2)
    shown = sdk.connections.get(operations.GetCompanyConnectionRequest(**at_it))
    same(payload(shown, "connection").status.value, "Linked")
    return quickbooks


def transactions(sdk: Recorded, quickbooks: QuickBooks, at_it: dict[str, str]) -> None:
    wanted = operations.CreateBankTransactionsRequest(account_id=ACCOUNT, **pushed(), **at_it)
    answer = sdk.bank_account_transactions.create(wanted)
    made = payload(answer, "create_bank_transactions_response")
    same((made.status.value, made.status_code), ("Pending", 202))
    same([one.type.value for one in made.changes], ["Created"])

    wanted = operations.ListBankAccountTransactionsRequest(
        account_id=ACCOUNT,
        order_by="-modifiedDate",
        page=1,
        page_size=100,
        query="amount>1",
        **at_it,
    )
    page = payload(sdk.bank_account_transactions.list(wanted), "bank_transactions_response")
    same([(one.id, one.amount) for one in page.results], [("ca1ba928-fc81", 7991.59)])
    statement = quickbooks.statement(quickbooks.numbers()[0], since=day(3))
    same(values(statement, "TRNAMT"), ["7991.59"])
    wanted.query = "no such thing"
    same(sdk.bank_account_transactions.list(wanted).status_code, 400)


def model(sdk: Recorded, at_it: dict[str, str]) -> None:
    wanted = operations.GetCreateBankAccountModelRequest(account_id=ACCOUNT, **at_it)
    told = payload(sdk.bank_account_transactions.get(wanted), "push_option")
    same((told.type.value, told.required), ("Object", True))


def pushed() -> dict[str, Any]:
    """One line, in the words of either version."""
    line = {"id": "ca1ba928-fc81", "amount": 7991.59, "description": "HSBC Covent Grdn ATM W"}
    date = f"{day(1)}T14:14:14.1057478Z"
    if not PUSHES_ONE_FLAT_OBJECT:
        line = shared.CreateBankAccountTransaction(**line, date_=date)
        body = shared.CreateBankTransactions(account_id=ACCOUNT, transactions=[line])
        return {"create_bank_transactions": body}
    body = shared.BankTransactions(
        **line,
        account_id=ACCOUNT,
        balance=8009.11,
        cleared_on_date=date,
        modified_date=date,
        reconciled=False,
        source_modified_date=date,
        transaction_type=shared.BankTransactionType.ATM,
    )
    return {"bank_transactions": body}


def strangers(url: str, company: str) -> None:
    stranger = client(url, authorization("x" * 40))
    answer = stranger.companies.get(operations.GetCompanyRequest(company_id=company))
    same(payload(answer, "schema", 401).status_code, 401)


def deletions(sdk: Recorded, at_it: dict[str, str]) -> None:
    body = operations.UnlinkConnectionRequestBody(status="Unlinked")
    wanted = operations.UnlinkConnectionRequest(request_body=body, **at_it)
    same(payload(sdk.connections.unlink_connection(wanted), "connection").status.value, "Unlinked")
    deleted = sdk.connections.delete(operations.DeleteCompanyConnectionRequest(**at_it))
    same(deleted.status_code, 200)
    at_company = operations.DeleteCompanyRequest(company_id=at_it["company_id"])
    same(sdk.companies.delete(at_company).status_code, 204)


if __name__ == "__main__":
    main()

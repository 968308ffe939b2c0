"""codat-bankfeeds 6, of 2024: the same customer with dataclasses, and nulls where it wants them."""

from __future__ import annotations

from typing import Any

import codatbankfeeds
from codatbankfeeds.utils.retries import BackoffStrategy, RetryConfig
from codatbankfeeds.models import errors, operations, shared

from support import (
    UNKNOWN_ID,
    QuickBooks,
    Recorded,
    arguments,
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
EXCUSED = {
    "account_mapping.create": QUICKBOOKS_CANNOT,
    "account_mapping.get": "the package expects one object where the contract has a list",
    "bank_accounts.create": QUICKBOOKS_CANNOT,
    "bank_accounts.get_create_model": QUICKBOOKS_CANNOT,
    "bank_accounts.list": QUICKBOOKS_CANNOT,
    "configuration.get": "gone from the contract in January 2026; answers 404, which is checked",
    "configuration.set": "gone from the contract in January 2026; answers 404, which is checked",
}
GROUPS = [
    "companies",
    "connections",
    "account_mapping",
    "source_accounts",
    "bank_accounts",
    "transactions",
    "configuration",
]
RETRIES = RetryConfig("backoff", BackoffStrategy(50, 50, 1.0, 100), False)


def main() -> None:
    url, header = arguments()
    security = shared.Security(auth_header=header)
    sdk = codatbankfeeds.CodatBankFeeds(security=security, server_url=url, retry_config=RETRIES)
    record = Recorded(sdk, GROUPS)
    company = companies(record)
    connection = connections(record, company)
    source_accounts(record, url, company, connection)
    transactions(record, company, connection)
    what_quickbooks_cannot(record, company, connection)
    removed(record, company)
    deletions(record, company, connection)
    record.expect_all_returned(EXCUSED)


def companies(sdk: Recorded) -> str:
    body = shared.CompanyRequestBody(name="Elaborate Events, Inc", description="early")
    made = is_a(sdk.companies.create(body).company, shared.Company)
    same((made.name, made.description, made.data_connections), (body.name, "early", []))
    is_moment(made.created)
    at_it = operations.GetCompanyRequest(company_id=is_uuid(made.id))
    same(sdk.companies.get(at_it).company, made)
    body = shared.CompanyRequestBody(name="Elaborate Events")
    update = operations.UpdateCompanyRequest(company_id=made.id, company_request_body=body)
    changed = sdk.companies.update(update).company
    same((changed.name, changed.description), ("Elaborate Events", ""), "its update replaces")
    wanted = operations.ListCompaniesRequest(query="name=Elaborate Events")
    same(sdk.companies.list(wanted).companies.results, [changed])
    unknown = operations.GetCompanyRequest(company_id=UNKNOWN_ID)
    error = raised(errors.ErrorMessage, lambda: sdk.companies.get(unknown))
    same((error.status_code, error.service), (404, "ClientsApi"))
    return str(made.id)


def connections(sdk: Recorded, company: str) -> str:
    body = operations.CreateConnectionRequestBody(platform_key="hcws")
    wanted = operations.CreateConnectionRequest(company_id=company, request_body=body)
    made = is_a(sdk.connections.create(wanted).connection, shared.Connection)
    same((made.integration_key, made.source_type.value), ("hcws", "BankFeed"))
    same((made.status, made.last_sync), (shared.DataConnectionStatus.PENDING_AUTH, None))
    at_it = operations.GetConnectionRequest(company_id=company, connection_id=is_uuid(made.id))
    same(sdk.connections.get(at_it).connection.id, made.id)
    wanted = operations.ListConnectionsRequest(company_id=company)
    same([one.id for one in sdk.connections.list(wanted).connections.results], [made.id])
    return str(made.id)


def source_accounts(sdk: Recorded, url: str, company: str, connection: str) -> None:
    account = shared.SourceAccount(
        id="acc-1", account_name="Current", account_type="Debit", balance=0.1
    )
    at_account = {"company_id": company, "connection_id": connection}
    wanted = operations.CreateSourceAccountRequest(**at_account, source_account=account)
    made = is_a(sdk.source_accounts.create(wanted).source_account, shared.SourceAccount)
    same((made.id, made.account_name, float(made.balance)), ("acc-1", "Current", 0.1))
    changes = shared.SourceAccount(id="acc-1", account_name="Main")
    update = operations.UpdateSourceAccountRequest(
        **at_account, account_id="acc-1", source_account=changes
    )
    same(sdk.source_accounts.update(update).source_account.account_name, "Main")
    bare = operations.CreateSourceAccountRequest(
        **at_account, source_account=shared.SourceAccount(id="bare")
    )
    same(sdk.source_accounts.create(bare).source_account.balance, None)
    listed = sdk.source_accounts.list(operations.ListSourceAccountsRequest(**at_account))
    same([one.id for one in listed.source_accounts], ["acc-1", "bare"])
    at_bare = operations.DeleteSourceAccountRequest(**at_account, account_id="bare")
    same(sdk.source_accounts.delete(at_bare).status_code, 204)

    revoke = operations.DeleteBankFeedCredentialsRequest(**at_account)
    same(sdk.source_accounts.delete_credentials(revoke).status_code, 204)
    wanted = operations.GenerateCredentialsRequest(**at_account, request_body=b"{}")
    raised(TypeError, lambda: sdk.source_accounts.generate_credentials(wanted))
    # It cannot send the bytes that it asks for; a text it can.
    wanted = operations.GenerateCredentialsRequest(**at_account, request_body="{}")
    credentials = sdk.source_accounts.generate_credentials(wanted).bank_account_credentials
    QuickBooks(url, credentials.username, credentials.password).connect(since=day(3))


def transactions(sdk: Recorded, company: str, connection: str) -> None:
    line = shared.BankTransactions(
        id="l-1", date_=day(1), description="Café", amount=-100.1, balance=0.3
    )
    body = shared.CreateBankTransactions(account_id="acc-1", transactions=[line])
    wanted = operations.CreateBankTransactionsRequest(
        company_id=company,
        connection_id=connection,
        account_id="acc-1",
        create_bank_transactions=body,
    )
    made = sdk.transactions.create(wanted).create_bank_transactions_response
    same((made.status, made.status_code), (shared.PushOperationStatus.PENDING, 202))
    same((made.timeout_in_minutes, made.validation.errors), (None, []))
    same(float(made.data.transactions[0].amount), -100.1)

    at_push = operations.GetCreateOperationRequest(
        company_id=company, push_operation_key=made.push_operation_key
    )

    def ended() -> Any:
        operation = sdk.transactions.get_create_operation(at_push).push_operation
        return None if operation.status is shared.PushOperationStatus.PENDING else operation

    operation = wait_for("the push to end", ended)
    same((operation.status, operation.status_code), (shared.PushOperationStatus.SUCCESS, 200))
    is_moment(operation.completed_on_utc)
    page = sdk.transactions.list_create_operations(
        operations.ListCreateOperationsRequest(company_id=company)
    )
    same(page.push_operations.results, [operation])
    refused_push(sdk, wanted)


def refused_push(sdk: Recorded, wanted: Any) -> None:
    """A push that broke a rule has changed nothing, and says so with null."""
    wanted.create_bank_transactions.transactions[0].date_ = day(40)
    failed = sdk.transactions.create(wanted).create_bank_transactions_response
    same((failed.status, failed.changes), (shared.PushOperationStatus.FAILED, None))
    holds(failed.validation.errors, "a failed push says why")
    wanted.create_bank_transactions.transactions = []
    error = raised(errors.ErrorMessage, lambda: sdk.transactions.create(wanted))
    same(error.status_code, 400)


def what_quickbooks_cannot(sdk: Recorded, company: str, connection: str) -> None:
    at_it = {"company_id": company, "connection_id": connection}
    zero = shared.Zero(source_account_id="acc-1")
    calls = [
        (
            400,
            sdk.account_mapping.create,
            operations.CreateBankAccountMappingRequest(**at_it, zero=zero),
        ),
        (400, sdk.bank_accounts.list, operations.ListBankAccountsRequest(**at_it)),
        (400, sdk.bank_accounts.create, operations.CreateBankAccountRequest(**at_it)),
        (
            404,
            sdk.bank_accounts.get_create_model,
            operations.GetCreateBankAccountsModelRequest(**at_it),
        ),
    ]
    for status, method, request in calls:
        error = raised(errors.ErrorMessage, lambda: method(request))
        same(error.status_code, status, str(error))


def removed(sdk: Recorded, company: str) -> None:
    """What the contract had once."""
    wanted = operations.GetConfigurationRequest(company_id=company)
    same(raised(errors.ErrorMessage, lambda: sdk.configuration.get(wanted)).status_code, 404)
    wanted = operations.SetConfigurationRequest(company_id=company)
    same(raised(errors.ErrorMessage, lambda: sdk.configuration.set(wanted)).status_code, 404)


def deletions(sdk: Recorded, company: str, connection: str) -> None:
    at_it = {"company_id": company, "connection_id": connection}
    body = operations.UnlinkConnectionUpdateConnection(status="Unlinked")
    unlinked = sdk.connections.unlink(
        operations.UnlinkConnectionRequest(**at_it, request_body=body)
    )
    same(unlinked.connection.status, shared.DataConnectionStatus.UNLINKED)
    same(sdk.connections.delete(operations.DeleteConnectionRequest(**at_it)).status_code, 200)
    at_company = operations.DeleteCompanyRequest(company_id=company)
    same(sdk.companies.delete(at_company).status_code, 204)


if __name__ == "__main__":
    main()

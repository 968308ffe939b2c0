"""codat-platform 6, its share: keys, profile, the pages' origins and tokens, and the companies, connections and pushes
that it shares with codat-bankfeeds. What the server does not have answers a typed 404.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codat_platform import CodatPlatform
from codat_platform.models import shared
from codat_platform.models.errors import CodatPlatformError, ErrorMessage, ResponseValidationError
from codat_platform.utils.retries import BackoffStrategy, RetryConfig

import bankfeeds_13
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

DELETES_AND_RAISES = "the package reads the empty 204 as an error; that the key is gone is checked"
NOT_SERVED = "a server of bank feeds has one product and reads no books; its 404 is checked"
EXCUSED = {
    "connections.update_authorization": "only Sage is authorised so; the typed refusal is checked",
    "settings.delete_api_key": DELETES_AND_RAISES,
}
GROUPS = [
    "cors",
    "companies",
    "connection_management",
    "connections",
    "webhooks",
    "integrations",
    "refresh_data",
    "settings",
    "push_data",
    "read_data",
    "supplemental_data",
    "custom_data_type",
]
RETRIES = RetryConfig("backoff", BackoffStrategy(50, 50, 1.0, 100), retry_connection_errors=False)


def client(url: str, header: str) -> CodatPlatform:
    security = shared.Security(auth_header=header)
    return CodatPlatform(security=security, server_url=url, retry_config=RETRIES)


def main() -> None:
    url, header = arguments()
    sdk = client(url, header)
    same(sorted(type(sdk).__annotations__), sorted(GROUPS), "groups of methods")
    record = Recorded(sdk, GROUPS)
    api_keys(record, url)
    profile(record)
    origins(record)
    consumers(record)
    company = companies(record)
    connection = connections(record, company)
    pushes(record, company, link_and_push(url, header, connection))
    integrations(record)
    what_quickbooks_tells(record, connection)
    excused = EXCUSED | not_served(sdk, company, connection)
    connections_end(record, connection)
    companies_end(record, company)
    record.expect_all_returned(excused)


def api_keys(sdk: Recorded, url: str) -> None:
    made = is_a(sdk.settings.create_api_key(request={"name": "ci"}), shared.APIKeyDetails)
    same((made.name, len(made.api_key)), ("ci", 40))
    is_moment(made.created_date)
    mine = client(url, authorization(made.api_key))
    listed = is_a(mine.settings.list_api_keys(), shared.APIKeys).results
    same(is_a(sdk.settings.list_api_keys(), shared.APIKeys).results, listed)
    found = [one for one in listed if one.id == is_uuid(made.id)]
    same([one.api_key[-4:] for one in found], [made.api_key[-4:]])
    holds(made.api_key not in str(listed), "a list shows a whole key")
    error = raised(
        ResponseValidationError,
        lambda: sdk.settings.delete_api_key(request={"api_key_id": made.id}),
    )
    same(error.status_code, 204, str(error))
    typed(401, mine.settings.list_api_keys)
    typed(404, lambda: sdk.settings.delete_api_key(request={"api_key_id": made.id}))
    typed(400, lambda: sdk.settings.create_api_key(request={"name": "n" * 51}))


def profile(sdk: Recorded) -> None:
    wanted = {
        "name": "Bob's Burgers",
        "redirect_url": "https://bobs-burgers.example/{companyId}",
        "logo_url": "https://bobs-burgers.example/logo.png",
        "white_list_urls": ["https://bobs-burgers.example"],
    }
    made = is_a(sdk.settings.update_profile(request=wanted), shared.Profile)
    same({name: getattr(made, name) for name in wanted}, wanted)
    same((made.icon_url, made.api_key), (None, None))
    same(sdk.settings.get_profile(), made)


def origins(sdk: Recorded) -> None:
    wanted = ["https://pages.bank.example", "https://other.bank.example"]
    made = sdk.settings.set(request={"allowed_origins": wanted})
    same(is_a(made, shared.ConnectionManagementAllowedOrigins).allowed_origins, wanted)
    same(sdk.settings.get(), made)
    # The same under its old name.
    same(sdk.cors.get(), made)
    same(sdk.cors.set(request={"allowed_origins": wanted[:1]}).allowed_origins, wanted[:1])


def consumers(sdk: Recorded) -> None:
    wanted = {
        "url": "https://bank.example/hook",
        "event_types": ["bankTransactions.write.successful"],
        "company_tags": ["tier:gold"],
    }
    made = is_a(sdk.webhooks.create_consumer(request=wanted), shared.WebhookConsumer)
    same({name: getattr(made, name) for name in wanted}, wanted)
    same((is_uuid(made.id), made.disabled), (made.id, False))
    same(is_a(sdk.webhooks.list_consumers(), shared.WebhookConsumers).results, [made])
    sdk.webhooks.delete_consumer(request={"webhook_id": made.id})
    same(sdk.webhooks.list_consumers().results, [])
    typed(400, lambda: sdk.webhooks.create_consumer(request={**wanted, "event_types": ["lunch"]}))


def companies(sdk: Recorded) -> dict[str, str]:
    made = is_a(sdk.companies.create(request={"name": "Café? no: Cafe"}), shared.Company)
    same((made.name, made.products, made.tags), ("Caf? no Cafe", ["bank-feeds"], {}))
    of_it = {"company_id": is_uuid(made.id)}
    same(sdk.companies.get(request=of_it), made)
    same(sdk.companies.list(request={"query": f"id={made.id}"}).results, [made])
    changes = {"tags": {"tier": "gold"}}
    updated = sdk.companies.update(request={**of_it, "company_update_request": changes})
    same((updated.name, updated.tags), (made.name, {"tier": "gold"}))
    replacement = {"name": "Elaborate Events", "description": "early"}
    replaced = sdk.companies.replace(request={**of_it, "company_request_body": replacement})
    same((replaced.name, replaced.description, replaced.tags), ("Elaborate Events", "early", {}))
    token = is_a(sdk.companies.get_access_token(request=of_it), shared.CompanyAccessToken)
    same((token.expires_in, token.token_type), (86400, "Bearer"))
    old = is_a(sdk.connection_management.get(request=of_it), shared.ConnectionManagementAccessToken)
    holds(len(old.access_token) > 40, "a token is short")
    typed(404, lambda: sdk.companies.get(request={"company_id": UNKNOWN_ID}))
    return of_it


def connections(sdk: Recorded, company: dict[str, str]) -> dict[str, str]:
    wanted = {**company, "request_body": {"platform_key": "hcws"}}
    made = is_a(sdk.connections.create(request=wanted), shared.Connection)
    same((made.integration_key, made.source_type.value), ("hcws", "BankFeed"))
    same(made.status.value, "PendingAuth")
    of_it = {**company, "connection_id": is_uuid(made.id)}
    same(sdk.connections.get(request=of_it).id, made.id)
    same([one.id for one in sdk.connections.list(request=company).results], [made.id])
    return of_it


def link_and_push(url: str, header: str, connection: dict[str, str]) -> str:
    """What only the other package can: a linked account and a push; answers the push's key."""
    feeds = bankfeeds_13.client(url, header)
    feeds.source_accounts.create(request={**connection, "request_body": {"id": "acc-1"}})
    wanted = {**connection, "request_body": b"{}"}
    credentials = feeds.source_accounts.generate_credentials(request=wanted)
    QuickBooks(url, credentials.username, credentials.password).connect(since=day(3))
    line = {"id": "l-1", "date_": day(1), "description": "a", "amount": 1, "balance": 1}
    body = {"account_id": "acc-1", "transactions": [line]}
    wanted = {**connection, "account_id": "acc-1", "create_bank_transactions": body}
    return str(feeds.transactions.create(request=wanted).push_operation_key)


def pushes(sdk: Recorded, company: dict[str, str], key: str) -> None:
    def ended() -> Any:
        at_push = {**company, "push_operation_key": key}
        operation = sdk.push_data.get_operation(request=at_push)
        return None if operation.status.value == "Pending" else operation

    operation = is_a(wait_for("the push to end", ended), shared.PushOperation)
    same((operation.status.value, operation.status_code), ("Success", 200))
    same(operation.data_type.value, "bankTransactions")
    page = is_a(sdk.push_data.list_operations(request=company), shared.PushOperations)
    same((page.results, page.total_results), ([operation], 1))
    unknown = {**company, "push_operation_key": UNKNOWN_ID}
    typed(404, lambda: sdk.push_data.get_operation(request=unknown))


def integrations(sdk: Recorded) -> None:
    wanted = {"query": "sourceType=bankfeed && enabled=true"}
    page = is_a(sdk.integrations.list(request=wanted), shared.Integrations)
    same([one.key for one in page.results], ["hcws"])
    found = is_a(sdk.integrations.get(request={"platform_key": "hcws"}), shared.Integration)
    same(found, page.results[0])
    same((found.name, found.enabled), ("QuickBooks Online Bank Feeds", True))
    same(found.source_type.value, "BankFeed")
    is_uuid(found.integration_id)
    branding = sdk.integrations.get_branding(request={"platform_key": "hcws"})
    same(is_a(branding, shared.Branding).source_id, is_uuid(found.source_id))
    holds(branding.logo.square.image.src.startswith("http"), branding.logo.square.image.src)
    holds(branding.button.default.image.src.startswith("http"), branding.button.default.image.src)
    typed(404, lambda: sdk.integrations.get(request={"platform_key": "zzzz"}))


def what_quickbooks_tells(sdk: Recorded, connection: dict[str, str]) -> None:
    wanted = {**connection, "data_type": shared.SchemaDataType.BANK_TRANSACTIONS}
    model = is_a(sdk.push_data.get_model_options(request=wanted), shared.PushOption)
    same((model.type.value, model.required), ("Object", True))
    same(model.properties["transactions"].properties["amount"].type.value, "Number")
    wanted = {**connection, "data_type": shared.SchemaDataType.INVOICES}
    typed(404, lambda: sdk.push_data.get_model_options(request=wanted))
    wanted = {**connection, "request_body": {"authorizationId": "a"}}
    refusal = refused(lambda: sdk.connections.update_authorization(request=wanted))
    same(refusal.status_code, 400, refusal.body)


def connections_end(sdk: Recorded, connection: dict[str, str]) -> None:
    wanted = {**connection, "update_connection_status": {"status": "Unlinked"}}
    same(sdk.connections.unlink(request=wanted).status.value, "Unlinked")
    same(sdk.connections.delete(request=connection), None)
    typed(404, lambda: sdk.connections.get(request=connection))


def companies_end(sdk: Recorded, company: dict[str, str]) -> None:
    same(sdk.companies.delete(request=company), None)
    typed(404, lambda: sdk.companies.get(request=company))


def not_served(
    sdk: CodatPlatform, company: dict[str, str], connection: dict[str, str]
) -> dict[str, str]:
    """What belongs to reading books; answers the methods, each tried."""
    dataset = {**company, "dataset_id": UNKNOWN_ID}
    supplement = {"platform_key": "hcws", "data_type": "invoices"}
    configured = {**supplement, "supplemental_data_configuration": {}}
    custom = {"platform_key": "hcws", "custom_data_identifier": "own"}
    records = {**connection, "custom_data_identifier": "own"}
    data_type = {**company, "data_type": shared.SchemaDataType.BANK_TRANSACTIONS}
    product = {**company, "product_identifier": "bank-feeds"}
    calls: dict[str, Any] = {
        "companies.add_product": product,
        "companies.remove_product": product,
        "companies.get_company_sync_settings": company,
        "companies.set_company_sync_settings": {
            **company,
            "request_body": {"companyId": company["company_id"], "settings": []},
        },
        "companies.refresh_product_data": product,
        "custom_data_type.configure": {**custom, "custom_data_type_configuration": {}},
        "custom_data_type.get_configuration": custom,
        "custom_data_type.list": records,
        "custom_data_type.refresh": records,
        "read_data.get_validation_results": dataset,
        "refresh_data.all": company,
        "refresh_data.by_data_type": data_type,
        "refresh_data.get": company,
        "refresh_data.get_pull_operation": dataset,
        "refresh_data.list_pull_operations": company,
        "settings.get_sync_settings": None,
        "settings.update_sync_settings": {"client_id": UNKNOWN_ID, "settings": []},
        "supplemental_data.configure": configured,
        "supplemental_data.get_configuration": supplement,
        "webhooks.rotate_zapier_key": None,
    }
    for name, request in calls.items():
        group, method = name.split(".")
        call = getattr(getattr(sdk, group), method)
        error = refused(lambda: call() if request is None else call(request=request))
        same(error.status_code, 404, f"{name}: {error.body}")
    return dict.fromkeys(calls, NOT_SERVED)


def refused(call: Callable[[], Any]) -> CodatPlatformError:
    """A refusal, typed or not."""
    try:
        answer = call()
    except CodatPlatformError as error:
        return error
    raise AssertionError(f"answered {answer!r}, expected a refusal")


def typed(status: int, call: Callable[[], Any]) -> Any:
    """The envelope of a refusal whose status the operation documents."""
    error = raised(ErrorMessage, call)
    same((error.status_code, error.data.status_code), (status, status), error.body)
    same(error.data.correlation_id, error.headers["X-Correlation-Id"])
    return error.data


if __name__ == "__main__":
    main()

"""codat-bankfeeds 13, the methods about books that accounts are mapped to: of a connection with Xero whose books were
just read, with the accounts `a`, `b` and `visa` on it. Nothing answers for Xero here.
"""

from __future__ import annotations

import sys
from typing import Any

from codat_bankfeeds import CodatBankFeeds
from codat_bankfeeds.models import shared
from codat_bankfeeds.models.errors import ErrorMessage
from codat_bankfeeds.types import UNSET

from support import arguments, day, holds, is_a, is_moment, raised, same


def main() -> None:
    url, header = arguments()
    company, connection = sys.argv[3:5]
    sdk = CodatBankFeeds(security=shared.Security(auth_header=header), server_url=url)
    path = {"company_id": company, "connection_id": connection}
    information(sdk, path)
    accounts(sdk, path)
    mapping(sdk, path)
    refusals(sdk, path)


def information(sdk: CodatBankFeeds, path: dict[str, str]) -> None:
    told = is_a(sdk.company_information.get(request=path), shared.CompanyInformation)
    same((told.company_name, told.base_currency), ("Demo Company (UK)", "GBP"))
    same((told.plan_type, told.multicurrency_enabled), ("demo", True))
    same(told.currencies, ["EUR", "GBP"])


def accounts(sdk: CodatBankFeeds, path: dict[str, str]) -> None:
    page = is_a(sdk.bank_accounts.list(request={**path, "order_by": "id"}), shared.BankAccounts)
    same(page.total_results, 5)
    same([one.id for one in page.results], ["card", "current", "euros", "savings", "theirs"])
    card = page.results[0]
    same((card.account_name, card.nominal_code, card.currency), ("The card", "090", "GBP"))
    same((card.account_type.value, card.status.value), ("Credit", "Active"))
    is_moment(card.modified_date)
    query = {**path, "query": "currency=EUR"}
    same([one.id for one in sdk.bank_accounts.list(request=query).results], ["euros"])


def mapping(sdk: CodatBankFeeds, path: dict[str, str]) -> None:
    both = ["current", "savings"]
    same(options(sdk, path), {"a": both, "b": both, "visa": ["card"]})
    wish = {"source_account_id": "a", "target_account_id": "current"}
    start = f"{day(3)}T00:00:00"
    request = {**path, "bank_feed_account_mapping": {**wish, "feed_start_date": start}}
    for _again in range(2):
        answer = sdk.account_mapping.create(request=request)
        is_a(answer, shared.BankFeedAccountMappingResponse)
        same((answer.source_account_id, answer.target_account_id), ("a", "current"))
        same((answer.status, answer.error), ("connecting", UNSET))
    first = sdk.account_mapping.get(request=path)[0]
    same((first.target_account_id, first.target_account_name), ("current", "The current"))
    same((first.status, first.feed_start_date), ("connecting", start))
    same(options(sdk, path)["b"], ["savings"])
    new = {**path, "bank_feed_account_mapping": {"source_account_id": "visa"}}
    same(sdk.account_mapping.create(request=new).status, "connecting")


def options(sdk: CodatBankFeeds, path: dict[str, str]) -> dict[str, list[str]]:
    """What every account may lead to."""
    entries = is_a(sdk.account_mapping.get(request=path), list)
    for entry in entries:
        is_a(entry, shared.BankFeedMapping)
    ids = [[one.id for one in entry.target_account_options] for entry in entries]
    return dict(zip([entry.source_account_id for entry in entries], ids))


def refusals(sdk: CodatBankFeeds, path: dict[str, str]) -> None:
    def wished(source: str, target: str) -> Any:
        wish = {"source_account_id": source, "target_account_id": target}
        return sdk.account_mapping.create(request={**path, "bank_feed_account_mapping": wish})

    for target in ["current", "theirs", "card", "none"]:
        error = raised(ErrorMessage, lambda: wished("b", target))
        same(error.status_code, 400, error.body)
        holds(error.data.validation.errors, error.body)
    same(raised(ErrorMessage, lambda: wished("a", "savings")).status_code, 400)
    prototype = {**path, "bank_account_prototype": {"account_name": "New", "balance": 1}}
    error = raised(ErrorMessage, lambda: sdk.bank_accounts.create(request=prototype))
    same(error.status_code, 400, error.body)


if __name__ == "__main__":
    main()

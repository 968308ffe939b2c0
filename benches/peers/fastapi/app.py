"""A push of transactions with FastAPI, SQLAlchemy and asyncpg. See ../README.md."""

import datetime
import hmac
import os
import uuid
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Column, Date, DateTime, MetaData, Numeric, Table, Text, Uuid, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(
    "postgresql+asyncpg://",
    connect_args={
        "host": os.environ["PEER_SOCKET"],
        "database": os.environ["PEER_DATABASE"],
        "user": "postgres",
    },
    pool_size=16,
    max_overflow=0,
)
metadata = MetaData()
pushes = Table(
    "push",
    metadata,
    Column("push_key", Uuid),
    Column("account_id", Text),
    Column("requested_at", DateTime(timezone=True)),
    Column("status", Text),
)
lines = Table(
    "line",
    metadata,
    Column("account_id", Text),
    Column("line_id", Text),
    Column("push_key", Uuid),
    Column("day", Date),
    Column("amount", Numeric(20, 4)),
    Column("balance", Numeric(20, 4)),
    Column("description", Text),
    Column("reference", Text),
    Column("counterparty", Text),
)
app = FastAPI()


class Line(BaseModel):
    id: str = Field(min_length=1, max_length=200)
    date: datetime.date
    amount: Decimal
    balance: Decimal | None = None
    description: str | None = None
    reference: str | None = None
    counterparty: str | None = None


class Push(BaseModel):
    accountId: str
    transactions: list[Line] = Field(max_length=10_000)


def require_key(authorization: Annotated[str, Header()]) -> None:
    if not hmac.compare_digest(authorization, os.environ["PEER_AUTHORIZATION"]):
        raise HTTPException(401)


@app.get("/process", dependencies=[Depends(require_key)])
async def process() -> int:
    return os.getpid()


@app.post(
    "/companies/{company}/connections/{connection}/push/bankAccounts/{account}/bankTransactions",
    dependencies=[Depends(require_key)],
)
async def push(company: uuid.UUID, connection: uuid.UUID, account: str, body: Push) -> dict:
    if body.accountId != account:
        raise HTTPException(400, "accountId differs")
    key = uuid.uuid4()
    now = datetime.datetime.now(datetime.timezone.utc)
    rows = [
        {
            "account_id": account,
            "line_id": line.id,
            "push_key": key,
            "day": line.date,
            "amount": line.amount,
            "balance": line.balance,
            "description": line.description,
            "reference": line.reference,
            "counterparty": line.counterparty,
        }
        for line in body.transactions
    ]
    operation = {"push_key": key, "account_id": account, "requested_at": now, "status": "Pending"}
    try:
        async with engine.begin() as database:
            await database.execute(insert(pushes), operation)
            await database.execute(insert(lines), rows)
    except IntegrityError as error:
        raise HTTPException(409, "a transaction is known") from error
    return {
        "pushOperationKey": key,
        "companyId": company,
        "dataConnectionKey": connection,
        "requestedOnUtc": now,
        "status": "Pending",
        "data": body,
    }

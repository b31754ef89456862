"""When a request's transaction ends, and what happens when the database objects."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from valero.kit.database import Database, UnavailableDatabase
from valero.kit.testing.clients import AppClient
from valero.kit.testing.ports import free_port
from valero.kit.testing.postgres import PostgresProcess
from valero.kit.testing.tokens import TENANT

SERIALIZATION_FAILURE = "do $$ begin raise exception 'again' using errcode = '40001'; end $$"
DEADLOCK = "do $$ begin raise exception 'again' using errcode = '40P01'; end $$"
LOSE_CONNECTION = "select pg_terminate_backend(pg_backend_pid())"
LOSE_CONNECTION_AT_COMMIT = """
do $do$ begin
    create function pg_temp.die() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
    create temporary table doomed (number integer);
    create constraint trigger die after insert on doomed deferrable initially deferred
        for each row execute function pg_temp.die();
    insert into doomed values (1);
end $do$
"""


async def count(database: Database, table: str = "notes") -> int:
    async with database.transaction(tenant=TENANT) as session:
        return await session.scalar(sa.text(f"select count(*) from {table}")) or 0


async def test_the_commit_happens_before_the_answer(client: AppClient) -> None:
    """The constraint on `number` is deferred: the second note fails only at commit."""
    writer = client.as_user("probe:write")
    assert (await writer.post("/api/probe/notes", json={"number": 1})).status_code == 201
    second = await writer.post("/api/probe/notes", json={"number": 1})
    assert second.status_code == 409
    assert second.json()["code"] == "ConstraintViolated"
    assert "uq_notes" not in second.text
    assert await count(client.app.state.database) == 1


async def test_what_was_answered_is_there_for_others(client: AppClient, database: Database) -> None:
    writer = client.as_user("probe:write")
    for number in range(20):
        await writer.post("/api/probe/notes", json={"number": number})
        assert await count(database) == number + 1


async def test_an_exception_undoes_the_transaction(database: Database, probe: Any) -> None:
    async def write_and_fail() -> None:
        async with database.transaction(tenant=TENANT) as session:
            session.add(probe.Note(number=1, text=""))
            await session.flush()
            raise LookupError("undone")

    with pytest.raises(LookupError, match="undone"):
        await write_and_fail()
    assert await count(database) == 0


@pytest.mark.parametrize("failure", [SERIALIZATION_FAILURE, DEADLOCK, LOSE_CONNECTION])
async def test_an_undone_request_runs_again_with_its_body(client: AppClient, failure: str) -> None:
    client.app.state.statements = iter([failure, failure])
    answer = await client.as_user("probe:write").post("/api/probe/fragile", content=b"the body")
    assert answer.status_code == 200
    assert answer.json() == {"body": "the body"}
    assert await count(client.app.state.database) == 1


async def test_a_request_that_is_undone_again_and_again_is_given_up(client: AppClient) -> None:
    client.app.state.statements = iter([SERIALIZATION_FAILURE] * 100)
    answer = await client.as_user("probe:write").post("/api/probe/fragile")
    assert answer.status_code == 503
    assert answer.json()["code"] == "UnavailableDatabase"
    assert answer.headers["retry-after"] == "2"
    assert await count(client.app.state.database) == 0


async def test_a_connection_lost_while_saving_is_admitted(client: AppClient) -> None:
    client.app.state.statements = iter([LOSE_CONNECTION_AT_COMMIT])
    answer = await client.as_user("probe:write").post("/api/probe/fragile")
    assert answer.status_code == 503
    assert answer.json()["code"] == "SaveUnconfirmed"


async def test_a_connection_lost_while_saving_repeats_an_idempotent_method(
    client: AppClient,
) -> None:
    client.app.state.statements = iter([LOSE_CONNECTION_AT_COMMIT])
    answer = await client.as_user("probe:write").put("/api/probe/fragile")
    assert answer.status_code == 200


async def test_pooled_connections_survive_a_restart_of_the_server(
    client: AppClient, postgres: PostgresProcess
) -> None:
    reader = client.as_user("probe:read", "probe:write")
    answers = [reader.get("/api/probe/notes") for _ in range(5)]
    assert {a.status_code for a in await asyncio.gather(*answers)} == {200}
    postgres.halt()
    postgres.start()
    answers = [reader.post("/api/probe/notes", json={"number": n}) for n in range(5)]
    assert {a.status_code for a in await asyncio.gather(*answers)} == {201}


async def test_a_request_during_a_short_restart_waits(
    client: AppClient, postgres: PostgresProcess
) -> None:
    reader = client.as_user("probe:read")
    postgres.halt()
    waiting = asyncio.create_task(reader.get("/api/probe/notes"))
    await asyncio.sleep(0.2)
    await asyncio.to_thread(postgres.start)
    assert (await waiting).status_code == 200


async def test_an_absent_database_is_a_problem_and_not_a_defect() -> None:
    absent = Database(f"postgresql+asyncpg://x:x@127.0.0.1:{free_port()}/x")
    with pytest.raises(UnavailableDatabase):
        await absent.ping()
    await absent.close()


async def test_a_wrong_password_is_reported_at_once(postgres: PostgresProcess) -> None:
    database = Database(postgres.admin_url.replace(":test@", ":wrong@"))
    with pytest.raises(sa.exc.DBAPIError, match="password"):
        await database.ping()
    await database.close()


async def test_idempotent_work_is_repeated_until_it_succeeds(
    database: Database, probe: Any
) -> None:
    failures = iter([SERIALIZATION_FAILURE, LOSE_CONNECTION, LOSE_CONNECTION_AT_COMMIT])

    async def work(session: Any) -> str:
        failure = next(failures, None)
        if failure is not None:
            await session.execute(sa.text(failure))
        session.add(probe.Note(number=1, text=""))
        return "done"

    assert await database.run(work, tenant=TENANT) == "done"
    assert await count(database) == 1


async def test_an_error_of_the_work_is_not_repeated(database: Database) -> None:
    attempts = 0

    async def work(session: Any) -> None:
        nonlocal attempts
        attempts += 1
        await session.execute(sa.text("select 1 / 0"))

    with pytest.raises(sa.exc.DBAPIError, match="division"):
        await database.run(work)
    assert attempts == 1


async def test_an_exhausted_pool_is_a_problem(probe_database: Any) -> None:
    small = Database(probe_database.url, pool_size=1, overflow=0, pool_timeout_seconds=0.1)
    async with small.transaction():
        with pytest.raises(UnavailableDatabase):
            await small.ping()
    await small.close()


async def test_of_two_transactions_in_a_deadlock_both_succeed(
    database: Database, probe: Any
) -> None:
    async with database.transaction(tenant=TENANT) as session:
        session.add_all([probe.Note(number=1, text=""), probe.Note(number=2, text="")])
    both_started = asyncio.Barrier(2)
    lengthen = sa.text("update notes set text = text || 'x' where number = :number")

    def visiting(*numbers: int) -> Any:
        barrier = iter([both_started])

        async def work(session: Any) -> None:
            for number in numbers:
                await session.execute(lengthen, {"number": number})
                if first_time := next(barrier, None):
                    await first_time.wait()

        return database.run(work, tenant=TENANT)

    await asyncio.gather(visiting(1, 2), visiting(2, 1))
    async with database.transaction(tenant=TENANT) as session:
        assert set(await session.scalars(sa.select(probe.Note.text))) == {"xx"}

"""Signing in with a second factor, and what happens when it is lost."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, text

from valero.auth import second_factor
from valero.auth.models import SecondFactor, User
from valero.kit import clock

from .conftest import NEW_PASSWORD, bearer

ADMINISTRATOR = "administrator@valero.local"


class Phone:
    """An authenticator application whose clock is fast: it shows the code of the next step."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)

    def code(self, steps: int = 1) -> str:
        return self._totp.at(int(clock.now().timestamp()) + 30 * steps)


async def enrol(service, headers) -> tuple[Phone, list[str]]:
    """The caller sets up a second factor; returns the telephone and the recovery codes.

    The first code belongs to the present step, so that one of the next is still good.
    """
    begun = await service.post("second-factor", {"password": NEW_PASSWORD}, headers=headers)
    assert begun.status_code == 201, begun.text
    phone = Phone(begun.json()["secret"])
    confirmed = await confirm(service, headers, phone.code(0))
    assert confirmed.status_code == 200, confirmed.text
    service.client.cookies.clear()
    return phone, confirmed.json()["recovery_codes"]


async def confirm(service, headers, code: str):
    return await service.post("second-factor/confirmation", {"code": code}, headers=headers)


async def first_step(service, **options) -> str:
    """The challenge that answers the right password."""
    answer = await service.login(ADMINISTRATOR, NEW_PASSWORD, **options)
    assert (answer.status_code, answer.json()["code"]) == (401, "SecondFactorRequired")
    asked = answer.headers["www-authenticate"]
    return re.fullmatch(
        r'SecondFactor challenge="([^"]+)", expires_in=300, methods="totp recovery"', asked
    )[1]


async def second_step(service, challenge: str, code: str, **options):
    return await service.post("login/code", {"challenge": challenge, "code": code}, **options)


def refusal(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- setting it up -------------------------------------------------------------------------------


async def test_the_application_is_set_up_with_a_standard_address(service):
    headers = await service.become_administrator()
    body = {"password": NEW_PASSWORD}
    begun = (await service.post("second-factor", body, headers=headers)).json()
    parsed = pyotp.parse_uri(begun["uri"])
    assert (parsed.name, parsed.issuer) == (ADMINISTRATOR, "VALERO NeuroERP")
    assert (parsed.secret, parsed.digits, parsed.interval) == (begun["secret"], 6, 30)


async def test_before_it_is_confirmed_the_password_is_enough(service):
    headers = await service.become_administrator()
    await service.post("second-factor", {"password": NEW_PASSWORD}, headers=headers)
    assert (await confirm(service, headers, "000000x")).status_code == 422
    assert (await service.login(ADMINISTRATOR, NEW_PASSWORD)).status_code == 200
    state = await service.client.get("/api/auth/second-factor", headers=headers)
    assert state.json() == {"enabled": False, "since": None, "recovery_codes_left": 0}


async def test_an_unattended_screen_is_not_enough_to_set_it_up(service):
    headers = await service.become_administrator()
    answer = await service.post("second-factor", {"password": "wrong"}, headers=headers)
    assert refusal(answer) == (422, "PasswordWrong")
    assert len(await service.audit("password_check_failed")) == 1


async def test_a_second_one_is_refused_and_the_first_stays(service):
    headers = await service.become_administrator()
    phone, _ = await enrol(service, headers)
    again = await service.post("second-factor", {"password": NEW_PASSWORD}, headers=headers)
    assert refusal(again) == (409, "SecondFactorExists")
    assert refusal(await confirm(service, headers, phone.code())) == (409, "SecondFactorExists")
    answer = await second_step(service, await first_step(service), phone.code())
    assert answer.status_code == 200


async def test_neither_secret_nor_recovery_codes_are_readable_in_the_database(service):
    headers = await service.become_administrator()
    phone, codes = await enrol(service, headers)
    async with service.database.transaction() as session:
        sealed = await session.scalar(text("select sealed_secret from second_factors"))
        marks = list(await session.scalars(text("select mark from recovery_codes")))
    assert phone._totp.secret.encode() not in bytes(sealed)
    assert len(marks) == len(set(codes)) == 10
    assert not any(code.encode() in bytes(mark) for code in codes for mark in marks)


# --- signing in ----------------------------------------------------------------------------------


async def test_a_code_completes_the_sign_in(service):
    headers = await service.become_administrator()
    phone, _ = await enrol(service, headers)
    challenge = await first_step(service)
    assert not service.client.cookies
    answer = await second_step(service, challenge, phone.code())
    assert answer.json()["user"]["email"] == ADMINISTRATOR
    assert {"valero_access", "valero_refresh", "valero_device"} <= set(answer.cookies)
    assert (await service.client.get("/api/auth/me")).status_code == 200


async def test_a_wrong_password_does_not_reveal_the_second_factor(service):
    headers = await service.become_administrator()
    await enrol(service, headers)
    answer = await service.login(ADMINISTRATOR, "wrong")
    assert refusal(answer) == (401, "CredentialsWrong")
    assert "www-authenticate" not in answer.headers


async def test_a_code_is_good_for_one_sign_in_only(service):
    headers = await service.become_administrator()
    phone, _ = await enrol(service, headers)
    challenge, code = await first_step(service), phone.code()
    assert (await second_step(service, challenge, code)).status_code == 200
    service.client.cookies.clear()
    replayed = await second_step(service, await first_step(service), code)
    assert refusal(replayed) == (401, "CodeWrong")
    earlier = await second_step(service, challenge, phone.code(-1))
    assert refusal(earlier) == (401, "CodeWrong")
    failed = await service.audit("second_factor_failed")
    assert len(failed) == 2
    assert code not in str(failed)


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_clock_may_differ_by_half_a_minute(tools, steps, status):
    now = clock.now()
    secret = pyotp.random_base32()
    user_id = clock.new_id()
    sealed = tools.vault.seal(secret.encode(), f"second-factor {user_id}")
    factor = SecondFactor(user_id=user_id, sealed_secret=sealed, last_step=0)
    code = pyotp.TOTP(secret).at(int(now.timestamp()) + 30 * steps)
    async with tools.database.transaction() as session:
        right = await second_factor.accepts(session, tools.vault, factor, code, now=now)
    assert right is (status == 200)


async def test_an_invented_or_old_challenge_is_refused(service):
    headers = await service.become_administrator()
    phone, _ = await enrol(service, headers)
    user, ends_at, mark = (await first_step(service)).split(".")
    stranger = clock.new_id()
    for challenge in (
        "x",
        "..",
        f"{user}.{ends_at}.{mark[::-1]}",
        f"{user}.{int(ends_at) + 1}.{mark}",
        f"{stranger}.{ends_at}.{mark}",
        f"{user}.²³.{mark}",
    ):
        answer = await second_step(service, challenge, phone.code())
        assert refusal(answer) == (401, "ChallengeInvalid"), challenge


async def test_a_challenge_lasts_five_minutes_and_ends_with_the_password(service):
    headers = await service.become_administrator()
    await enrol(service, headers)
    now = clock.now()
    vault = service.client.app.state.tools.vault
    async with service.database.transaction() as session:
        user = (await session.scalars(select(User))).one()
        challenge = second_factor.challenge(vault, user, now=now)
        late = now + second_factor.CHALLENGE
        assert second_factor.is_challenge(vault, user, challenge, now=late - timedelta(seconds=2))
        assert not second_factor.is_challenge(vault, user, challenge, now=late)
        session.expunge(user)
        user.password_hash = "another"
        assert not second_factor.is_challenge(vault, user, challenge, now=now)


async def test_guessing_codes_is_slowed_down_for_the_guesser_only(service):
    headers = await service.become_administrator()
    phone, _ = await enrol(service, headers)
    challenge = await first_step(service)
    thief = {"x-envoy-external-address": "198.51.100.7"}
    guesses = [await second_step(service, challenge, "guess", headers=thief) for _ in range(5)]
    assert {guess.status_code for guess in guesses} == {401}
    refused = await second_step(service, challenge, phone.code(), headers=thief)
    assert refusal(refused) == (429, "TooManyAttempts")
    assert (await second_step(service, challenge, phone.code())).status_code == 200


async def test_a_foreign_page_cannot_complete_a_sign_in(service):
    headers = await service.become_administrator()
    phone, _ = await enrol(service, headers)
    foreign = {"origin": "https://evil.example"}
    answer = await second_step(service, await first_step(service), phone.code(), headers=foreign)
    assert refusal(answer) == (403, "OriginForeign")


# --- when the telephone is lost ------------------------------------------------------------------


async def test_a_recovery_code_replaces_the_telephone_once(service):
    headers = await service.become_administrator()
    _, codes = await enrol(service, headers)
    typed = codes[3].upper().replace("-", " ")
    assert (await second_step(service, await first_step(service), typed)).status_code == 200
    service.client.cookies.clear()
    again = await second_step(service, await first_step(service), codes[3])
    assert refusal(again) == (401, "CodeWrong")
    state = (await service.client.get("/api/auth/second-factor", headers=headers)).json()
    assert (state["enabled"], state["recovery_codes_left"]) == (True, 9)
    assert len(await service.audit("recovery_code_used")) == 1


async def test_new_recovery_codes_end_the_old_ones(service):
    headers = await service.become_administrator()
    phone, old = await enrol(service, headers)
    path = "second-factor/recovery-codes"
    refused = await service.post(path, {"code": "guess"}, headers=headers)
    assert refusal(refused) == (422, "ConfirmationWrong")
    new = (await service.post(path, {"code": phone.code()}, headers=headers)).json()
    assert not set(new["recovery_codes"]) & set(old)
    challenge = await first_step(service)
    assert (await second_step(service, challenge, old[0])).status_code == 401
    assert (await second_step(service, challenge, new["recovery_codes"][0])).status_code == 200


async def test_a_removed_second_factor_is_asked_for_no_more(service):
    headers = await service.become_administrator()
    phone, codes = await enrol(service, headers)
    removal = "second-factor/removal"
    guess = await service.post(removal, {"code": "guess"}, headers=headers)
    assert refusal(guess) == (422, "ConfirmationWrong")
    done = await service.post(removal, {"code": phone.code()}, headers=headers)
    assert done.status_code == 204
    assert (await service.login(ADMINISTRATOR, NEW_PASSWORD)).status_code == 200
    again = await service.post(removal, {"code": codes[0]}, headers=headers)
    assert refusal(again) == (409, "SecondFactorMissing")
    assert len(await service.audit("second_factor_removed")) == 1


async def test_an_administrator_removes_the_second_factor_of_a_user_and_nobody_else_does(service):
    headers = await service.become_administrator()
    new = {"email": "erika@example.com", "name": "Erika", "roles": ["buchhaltung"]}
    admitted = (await service.post("users", new, headers=headers)).json()
    one_time = admitted["one_time_password"]
    service.client.cookies.clear()
    signed_in = bearer(await service.login("erika@example.com", one_time))
    change = {"current": one_time, "new": NEW_PASSWORD}
    erika = bearer(await service.post("password", change, headers=signed_in))
    await enrol(service, erika)
    path = f"/api/auth/users/{admitted['user']['id']}/second-factor"
    assert (await service.client.delete(path, headers=erika)).status_code == 403
    assert (await service.client.delete(path, headers=headers)).status_code == 204
    assert (await service.login("erika@example.com", NEW_PASSWORD)).status_code == 200
    (entry,) = await service.audit("second_factor_removed")
    assert entry["user_name"] == "Administration"

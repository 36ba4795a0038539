"""Looks after Hyperliquid sandbox accounts with the venue's own SDK and prints what it saw as one line of JSON."""

import json
import time

import eth_account
from hyperliquid.utils.error import ClientError
from hyperliquid_client import (
    GTC,
    IOC,
    connect,
    connect_info,
    control,
    oid_of,
    outcome,
    owner,
    pick,
    play,
    set_price,
    until,
)

exchange = connect()
info = connect_info()
me = owner.address
HOUR_MS = 3_600_000


def now_ms():
    return int(time.time() * 1000)


def value_of(address):
    return info.user_state(address)["marginSummary"]["accountValue"]


def deltas(address):
    return [entry["delta"] for entry in info.user_non_funding_ledger_updates(address, 0)]


def rename(seen, names):
    """Returns what was seen with names in place of addresses, because each run has its own addresses."""
    text = json.dumps(seen)
    for address, name in names.items():
        text = text.replace(address.lower(), name)
    return json.loads(text)


def new_address():
    return eth_account.Account.create().address


def market():
    """Asks about the market, which needs no account."""
    set_price("BTC", 100_000)
    set_price("BTC", 101_000)
    set_price("BTC", 100_000)
    began = now_ms() - HOUR_MS
    control(type="setFundingRate", coin="BTC", rate="0.00002")
    control(type="payFunding")
    meta, contexts = info.meta_and_asset_ctxs()
    book = info.l2_snapshot("BTC")
    (*_, candle) = info.candles_snapshot("BTC", "1h", began, now_ms())
    spot = info.spot_meta()
    return {
        "meta": info.meta()["universe"][:2],
        "same": info.meta() == meta,
        "mids": pick(info.all_mids(), "BTC"),
        "book": {
            "coin": book["coin"],
            "best": [side[0] for side in book["levels"]],
            "depth": [len(side) for side in book["levels"]],
        },
        "candle": pick(candle, "s", "i", "h", "c") | {"length": candle["T"] - candle["t"]},
        "funding": pick(info.funding_history("BTC", began)[-1], "coin", "fundingRate"),
        "context": pick(contexts[0], "markPx", "oraclePx", "midPx", "funding"),
        "spot": {"tokens": [each["name"] for each in spot["tokens"]], "pairs": spot["universe"]},
        "spotContexts": info.spot_meta_and_asset_ctxs()[0] == spot,
        "dexs": [dex and dex["name"] for dex in info.perp_dexs()],
    }


def account():
    """Asks about the account itself."""
    set_price("BTC", 100_000)
    control(type="setFundingRate", coin="BTC", rate="0.00002")
    exchange.market_open("BTC", True, 0.01)
    began = now_ms()
    control(type="payFunding")
    exchange.market_close("BTC")
    funding, *_ = info.user_funding_history(me, began)
    fees = info.user_fees(me)
    return {
        "fees": pick(fees, "userCrossRate", "userAddRate") | pick(fees["dailyUserVlm"][0], "userCross"),
        "funding": funding["delta"],
        "history": [
            pick(each, "status") | pick(each["order"], "side", "tif") for each in info.historical_orders(me)
        ],
        "ledger": deltas(me),
        "role": [info.user_role(me), info.user_role(new_address())],
        "limit": info.user_rate_limit(me),
        "abstraction": info.query_user_abstraction_state(me),
        "stranger": info.user_state(new_address())["marginSummary"]["accountValue"],
        "agents": info.extra_agents(me),
        "subAccounts": info.query_sub_accounts(me),
        "vaults": info.user_vault_equities(me),
        "twap": info.user_twap_slice_fills(me),
        "staking": info.user_staking_summary(me),
        "delegations": [
            info.user_staking_delegations(me),
            info.user_staking_rewards(me),
            info.delegator_history(me),
        ],
        "multiSig": info.query_user_to_multi_sig_signers(me),
        "referral": info.query_referral_state(me)["cumVlm"],
    }


def agents():
    set_price("BTC", 100_000)
    approved, first_key = exchange.approve_agent()
    first = connect(first_key, account_address=me)
    resting = first.order("BTC", True, 0.001, 90_000, GTC)
    seen = {
        "approved": approved,
        "resting": outcome(resting),
        "ofOwner": [order["oid"] == oid_of(resting) for order in info.open_orders(me)],
        "ofAgent": info.open_orders(first.wallet.address),
        "cancelled": outcome(first.cancel("BTC", oid_of(resting))),
        "opened": outcome(first.market_open("BTC", True, 0.01)),
        "closed": outcome(first.market_close("BTC")),
        "role": info.user_role(first.wallet.address) == {"role": "agent", "data": {"user": me.lower()}},
        "withdrawn": outcome(first.withdraw_from_bridge(10, me)),
        "sent": outcome(first.usd_transfer(10, me)),
        "approving": outcome(first.approve_agent()[0]),
    }
    _, second_key = exchange.approve_agent()
    second = connect(second_key, account_address=me)
    seen["replaced"] = outcome(first.order("BTC", True, 0.001, 90_000, GTC))
    seen["second"] = outcome(second.update_leverage(5, "BTC"))
    return rename(seen, {first.wallet.address: "0xFIRST"})


def named_agents():
    set_price("BTC", 100_000)
    _, bot_key = exchange.approve_agent("bot")
    bot = connect(bot_key, account_address=me)
    worked = outcome(bot.market_open("BTC", True, 0.01))
    _, other_key = exchange.approve_agent("bot")
    outdated = outcome(bot.market_close("BTC"))
    other = connect(other_key, account_address=me)
    closed = outcome(other.market_close("BTC"))
    ends = now_ms() + 3_000
    brief, brief_key = exchange.approve_agent(f"brief valid_until {ends}")
    passing = connect(brief_key, account_address=me)
    listed = info.extra_agents(me)
    before = outcome(passing.noop(now_ms()))
    after = until(lambda: outcome(passing.noop(now_ms())), lambda answer: isinstance(answer, str))
    names = ("three", "four", "five", "a name that is too long")
    approvals = [exchange.approve_agent(name)[0] for name in names]
    seen = {
        "worked": worked,
        "outdated": outdated,
        "closed": closed,
        "brief": outcome(brief),
        "listed": [each["name"] for each in listed],
        "validUntil": listed[1]["validUntil"] == ends,
        "before": before,
        "after": after,
        "left": [each["name"] for each in info.extra_agents(me)],
        "names": [outcome(answer) for answer in approvals],
    }
    return rename(seen, {bot.wallet.address: "0xBOT", passing.wallet.address: "0xBRIEF"})


def builder():
    set_price("BTC", 100_000)
    builder_address = new_address()
    fee = {"b": builder_address, "f": 10}
    unapproved = exchange.order("BTC", True, 0.01, 101_000, IOC, builder=dict(fee))
    approved = exchange.approve_builder_fee(builder_address, "0.02%")
    known = info.post("/info", {"type": "maxBuilderFee", "user": me, "builder": builder_address})
    bought = exchange.market_open("BTC", True, 0.01, builder=dict(fee))
    (fill,) = info.user_fills(me)
    sold = exchange.market_close("BTC")
    dear = exchange.order("BTC", True, 0.01, 101_000, IOC, builder={**fee, "f": 30})
    return {
        "unapproved": outcome(unapproved),
        "approved": outcome(approved),
        "known": known,
        "bought": outcome(bought),
        "fill": pick(fill, "fee", "builderFee"),
        "sold": outcome(sold),
        "dear": outcome(dear),
    }


def transfers():
    friend = new_address()
    sent = exchange.usd_transfer(250.5, friend)
    out = exchange.usd_class_transfer(100, False)
    spot = info.spot_user_state(me)["balances"]
    back = exchange.usd_class_transfer(40, True)
    withdrawn = exchange.withdraw_from_bridge(25, me)
    ledger = deltas(me)
    seen = {
        "sent": sent,
        "tooMuch": outcome(exchange.usd_transfer(100_000, friend)),
        "out": outcome(out),
        "spot": [pick(balance, "coin", "total") for balance in spot],
        "back": outcome(back),
        "tooMuchSpot": outcome(exchange.usd_class_transfer(1_000, True)),
        "withdrawn": outcome(withdrawn),
        "overdrawn": outcome(exchange.withdraw_from_bridge(100_000, me)),
        "values": [value_of(me), value_of(friend)],
        "ledger": ledger,
        "friends": deltas(friend),
    }
    return rename(seen, {me: "0xME", friend: "0xFRIEND"})


def sub_account():
    set_price("BTC", 100_000)
    made = exchange.create_sub_account("second")
    address = made["response"]["data"]
    given = exchange.sub_account_transfer(address, True, 500_000_000)
    client = connect(vault_address=address)
    opened = client.market_open("BTC", True, 0.01)
    held = info.user_state(address)["assetPositions"][0]["position"]["szi"]
    closed = client.market_close("BTC")
    moved = client.usd_class_transfer(40, False)
    (listed,) = info.query_sub_accounts(me)
    unregistered = connect(vault_address=new_address()).market_open("BTC", True, 0.01)
    return {
        "made": made["response"]["type"],
        "given": outcome(given),
        "opened": outcome(opened),
        "held": held,
        "closed": outcome(closed),
        "listed": pick(listed, "name")
        | pick(listed["clearinghouseState"]["marginSummary"], "accountValue"),
        "moved": outcome(moved),
        "spot": [pick(balance, "coin", "total") for balance in listed["spotState"]["balances"]],
        "mine": value_of(me),
        "others": outcome(unregistered).split(":")[0],
    }


def strangers():
    """A key that the venue has never seen, and requests that it cannot read."""
    stranger = eth_account.Account.create()
    lost = connect(stranger.key.hex())
    seen = {
        "trading": outcome(lost.order("BTC", True, 0.001, 90_000, GTC)),
        "sending": outcome(lost.usd_transfer(1, me)),
        "referrer": outcome(exchange.set_referrer("FRIEND")),
        "unsupported": outcome(exchange.token_delegate(me, 1, False)),
    }
    try:
        info.post("/info", {"type": "noSuchThing"})
    except ClientError as error:
        seen["unreadable"] = [error.status_code, error.error_message]
    return rename(seen, {stranger.address: "0xSTRANGER"})


play(
    {
        "market": market,
        "account": account,
        "agents": agents,
        "namedAgents": named_agents,
        "builder": builder,
        "transfers": transfers,
        "subAccount": sub_account,
        "strangers": strangers,
    }
)

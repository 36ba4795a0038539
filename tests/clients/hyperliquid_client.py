"""The venue's own SDK, pointed at the sandbox, for the client programs beside this file.

A program's argument is JSON: `url` of the sandbox, `privateKey` of a funded account and the `scenario` to play.
"""

import json
import sys
import time

import eth_account
import requests
from hyperliquid.exchange import Exchange
from hyperliquid.info import Info

venue = json.loads(sys.argv[1])
owner = eth_account.Account.from_key(venue["privateKey"])

GTC = {"limit": {"tif": "Gtc"}}
IOC = {"limit": {"tif": "Ioc"}}
ALO = {"limit": {"tif": "Alo"}}


def connect(private_key=venue["privateKey"], **acting_for):
    return Exchange(eth_account.Account.from_key(private_key), venue["url"], **acting_for)


def connect_info(skip_ws=True):
    return Info(venue["url"], skip_ws)


def control(**command):
    answer = requests.post(f"{venue['url']}/control", json=command, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def set_price(coin, price):
    control(type="setPrice", coin=coin, price=price)


def outcome(answer):
    """Returns the status of each order or cancel, the answer to another request, or the text of a refused request."""
    if answer["status"] == "err":
        return answer["response"]
    return answer["response"].get("data", {}).get("statuses", answer["response"])


def oid_of(answer):
    (status,) = outcome(answer)
    return status["resting"]["oid"]


def trigger(tpsl, price, is_market=True):
    return {"trigger": {"triggerPx": price, "isMarket": is_market, "tpsl": tpsl}}


def wish(is_buy, sz, limit_px, order_type, coin="BTC", reduce_only=False, **more):
    return {
        "coin": coin,
        "is_buy": is_buy,
        "sz": sz,
        "limit_px": limit_px,
        "order_type": order_type,
        "reduce_only": reduce_only,
        **more,
    }


def pick(entity, *names):
    return {name: entity[name] for name in names}


def until(read, is_done):
    """Reads until the answer passes the check; returns the last answer when none does."""
    deadline = time.monotonic() + 10
    while True:
        answer = read()
        if is_done(answer) or time.monotonic() > deadline:
            return answer
        time.sleep(0.02)


def play(scenarios):
    """Prints what the wanted scenario saw as one line of JSON."""
    print(json.dumps(scenarios[venue["scenario"]]()))

"""Trades on the Hyperliquid sandbox with the venue's own SDK and prints what it saw as one line of JSON."""

import time

from hyperliquid.utils.types import Cloid
from hyperliquid_client import (
    ALO,
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
    trigger,
    wish,
)

exchange = connect()
info = connect_info()
me = owner.address


def status_of(oid):
    return info.query_order_by_oid(me, oid)["order"]["status"]


def positions():
    return [each["position"] for each in info.user_state(me)["assetPositions"]]


def limits():
    set_price("BTC", 100_000)
    resting = exchange.order("BTC", True, 0.001, 90_000, GTC)
    oid = oid_of(resting)
    listed = info.open_orders(me)
    found = info.query_order_by_oid(me, oid)
    cancelled = exchange.cancel("BTC", oid)
    mine = Cloid.from_int(7)
    named = exchange.order("BTC", False, 0.002, 110_000, ALO, cloid=mine)
    shown = info.frontend_open_orders(me)
    by_cloid = info.query_order_by_cloid(me, mine)
    by_name = exchange.cancel_by_cloid("BTC", mine)
    pair = exchange.bulk_orders([wish(True, 0.001, 90_000, GTC), wish(True, 0.00001, 90_000, GTC)])
    kept = outcome(pair)[0]["resting"]["oid"]
    return {
        "resting": resting,
        "listed": listed,
        "found": found,
        "cancelled": cancelled,
        "after": status_of(oid),
        "again": outcome(exchange.cancel("BTC", oid)),
        "named": outcome(named),
        "shown": shown,
        "byCloid": pick(by_cloid["order"], "status")
        | pick(by_cloid["order"]["order"], "cloid", "tif", "limitPx"),
        "byName": outcome(by_name),
        "afterName": info.query_order_by_cloid(me, mine)["order"]["status"],
        "unknown": info.query_order_by_oid(me, 1),
        "pair": outcome(pair),
        "both": outcome(
            exchange.bulk_cancel([{"coin": "BTC", "oid": kept}, {"coin": "BTC", "oid": 1}])
        ),
        "left": info.open_orders(me),
    }


def immediate():
    set_price("BTC", 100_000)
    filled = exchange.order("BTC", True, 0.01, 101_000, IOC)
    fills = info.user_fills(me)
    return {
        "filled": outcome(filled),
        "fills": fills,
        "byTime": info.user_fills_by_time(me, fills[0]["time"], fills[0]["time"]) == fills,
        "later": info.user_fills_by_time(me, fills[0]["time"] + 1),
        "closed": outcome(exchange.order("BTC", False, 0.01, 99_000, IOC, reduce_only=True)),
        "unmatched": outcome(exchange.order("BTC", True, 0.01, 99_000, IOC)),
        "postOnly": outcome(exchange.order("BTC", True, 0.01, 100_500, ALO)),
        "offTick": outcome(exchange.order("BTC", True, 0.01, 99_000.5, GTC)),
        "offLot": outcome(exchange.order("BTC", True, 0.000001, 99_000, GTC)),
        "tooSmall": outcome(exchange.order("BTC", True, 0.0001, 99_000, GTC)),
        "tooFar": outcome(exchange.order("BTC", True, 0.01, 10_000, GTC)),
        "tooLarge": outcome(exchange.order("BTC", True, 10, 100_000, GTC)),
        "reduceOnly": outcome(exchange.order("BTC", True, 0.01, 99_000, GTC, reduce_only=True)),
    }


def stops():
    """A stop and a target of their own; the stop fires and takes the target with it."""
    set_price("BTC", 100_000)
    opened = exchange.market_open("BTC", True, 0.01)
    stop = exchange.order("BTC", False, 0.01, 94_000, trigger("sl", 95_000), reduce_only=True)
    target = exchange.order(
        "BTC", False, 0.01, 110_000, trigger("tp", 110_000, is_market=False), reduce_only=True
    )
    shown = info.frontend_open_orders(me)
    late = exchange.order("BTC", False, 0.01, 100_000, trigger("sl", 100_500), reduce_only=True)
    set_price("BTC", 95_000)
    fields = ("orderType", "triggerPx", "triggerCondition", "isTrigger", "reduceOnly", "sz", "limitPx")
    return {
        "opened": outcome(opened),
        "stop": outcome(stop),
        "target": outcome(target),
        "shown": [pick(order, *fields) for order in shown],
        "late": outcome(late),
        "ends": [status_of(oid_of(stop)), status_of(oid_of(target))],
        "fill": pick(info.user_fills(me)[0], "dir", "px", "sz", "closedPnl"),
        "positions": positions(),
    }


def attached():
    """An entry with its target and stop, filled at once; the target fires."""
    set_price("BTC", 100_000)
    entry, target, stop = (Cloid.from_int(n) for n in (21, 22, 23))
    group = exchange.bulk_orders(
        [
            wish(False, 0.01, 99_000, IOC, cloid=entry),
            wish(True, 0.01, 90_000, trigger("tp", 90_000), reduce_only=True, cloid=target),
            wish(True, 0.01, 106_000, trigger("sl", 105_000), reduce_only=True, cloid=stop),
        ],
        grouping="normalTpsl",
    )
    armed = [order["cloid"] for order in info.frontend_open_orders(me)]
    set_price("BTC", 90_000)
    ends = [info.query_order_by_cloid(me, each)["order"]["status"] for each in (entry, target, stop)]
    set_price("BTC", 100_000)
    waiting = exchange.bulk_orders(
        [
            wish(True, 0.01, 95_000, GTC),
            wish(False, 0.01, 94_000, trigger("sl", 94_000), reduce_only=True),
        ],
        grouping="normalTpsl",
    )
    parent = outcome(waiting)[0]["resting"]["oid"]
    (listed,) = info.frontend_open_orders(me)
    exchange.cancel("BTC", parent)
    loose = exchange.bulk_orders(
        [wish(True, 0.01, 101_000, IOC), wish(False, 0.01, 94_000, trigger("sl", 94_000))],
        grouping="normalTpsl",
    )
    return {
        "group": outcome(group),
        "armed": armed,
        "ends": ends,
        "waiting": outcome(waiting),
        "children": [pick(child, "orderType", "triggerPx", "sz") for child in listed["children"]],
        "loose": outcome(loose),
        "left": info.frontend_open_orders(me),
        "positions": positions(),
    }


def whole_position():
    """A position's own stop and target are as large as the position, and end with it."""
    set_price("BTC", 100_000)
    exchange.market_open("BTC", True, 0.01)
    pair = exchange.bulk_orders(
        [
            wish(False, 0.01, 112_000, trigger("tp", 112_000), reduce_only=True),
            wish(False, 0.01, 89_000, trigger("sl", 90_000), reduce_only=True),
        ],
        grouping="positionTpsl",
    )
    exchange.market_open("BTC", True, 0.02)
    shown = info.frontend_open_orders(me)
    exchange.market_close("BTC")
    return {
        "pair": outcome(pair),
        "shown": [pick(order, "isPositionTpsl", "sz", "triggerPx") for order in shown],
        "ends": [status_of(order["oid"]) for order in shown],
    }


def changes():
    set_price("BTC", 100_000)
    first = oid_of(exchange.order("BTC", True, 0.001, 90_000, GTC))
    moved = exchange.modify_order(first, "BTC", True, 0.002, 91_000, GTC)
    mine = Cloid.from_int(31)
    exchange.order("BTC", True, 0.001, 92_000, GTC, cloid=mine)
    many = exchange.bulk_modify_orders_new(
        [
            {"oid": oid_of(moved), "order": wish(True, 0.003, 89_000, GTC)},
            {"oid": mine, "order": wish(True, 0.004, 88_000, ALO)},
        ]
    )
    gone = exchange.modify_order(first, "BTC", True, 0.002, 91_000, GTC)
    crossing = exchange.modify_order(mine, "BTC", True, 0.004, 100_500, GTC)
    listed = info.open_orders(me)
    return {
        "moved": outcome(moved),
        "replaced": status_of(first),
        "many": outcome(many),
        "gone": outcome(gone),
        "crossing": outcome(crossing),
        "listed": [pick(order, "limitPx", "sz") for order in listed],
        "cancelled": [outcome(exchange.cancel("BTC", order["oid"])) for order in listed],
    }


def dead_mans_switch():
    set_price("BTC", 100_000)
    soon = int(time.time() * 1000) + 60_000
    too_little = exchange.schedule_cancel(soon)
    exchange.market_open("BTC", True, 6)
    exchange.market_close("BTC")
    left_alone = oid_of(exchange.order("BTC", True, 0.001, 90_000, GTC))
    answers = [exchange.schedule_cancel(int(time.time() * 1000) + 1_000), exchange.schedule_cancel(soon)]
    removed = exchange.schedule_cancel(None)
    control(type="runScheduledCancel", address=me, nowMs=soon)
    spared = status_of(left_alone)
    exchange.schedule_cancel(soon)
    control(type="runScheduledCancel", address=me, nowMs=soon)
    return {
        "tooLittle": too_little,
        "answers": [outcome(answer) for answer in answers],
        "removed": removed,
        "ends": [spared, status_of(left_alone)],
    }


def leverage():
    set_price("BTC", 100_000)
    set_price("ETH", 3_000)
    seen = {
        "cross": exchange.update_leverage(10, "BTC"),
        "invalid": outcome(exchange.update_leverage(50, "BTC")),
        "opened": outcome(exchange.market_open("BTC", True, 0.05)),
        "switched": outcome(exchange.update_leverage(10, "BTC", is_cross=False)),
        "crossMargin": outcome(exchange.update_isolated_margin(100, "BTC")),
        "isolated": outcome(exchange.update_leverage(5, "ETH", is_cross=False)),
        "sold": outcome(exchange.market_open("ETH", False, 1, slippage=0.01)),
        "added": outcome(exchange.update_isolated_margin(100, "ETH")),
        "tooMuch": outcome(exchange.update_isolated_margin(100_000, "ETH")),
    }
    seen["state"] = info.user_state(me)
    seen["taken"] = outcome(exchange.update_isolated_margin(-50, "ETH"))
    seen["below"] = outcome(exchange.update_isolated_margin(-100, "ETH"))
    seen["part"] = outcome(exchange.market_close("BTC", 0.02))
    seen["rest"] = [pick(each, "coin", "szi") for each in positions()]
    seen["closed"] = [outcome(exchange.market_close("BTC")), outcome(exchange.market_close("ETH"))]
    seen["nothing"] = exchange.market_close("BTC")
    seen["flat"] = positions()
    return seen


def expiry():
    set_price("BTC", 100_000)
    exchange.set_expires_after(int(time.time() * 1000) - 1_000)
    late = exchange.order("BTC", True, 0.001, 90_000, GTC)
    exchange.set_expires_after(int(time.time() * 1000) + 60_000)
    timely = exchange.order("BTC", True, 0.001, 90_000, GTC)
    exchange.set_expires_after(None)
    cancelled = exchange.cancel("BTC", oid_of(timely))
    return {"late": late, "timely": outcome(timely), "cancelled": outcome(cancelled)}


def built_market():
    """Trades a builder-deployed market: isolated, and named after its deployer."""
    client = connect(perp_dexs=["", "xyz"])
    coin = "xyz:TSLA"
    set_price(coin, 400)
    cross = client.update_leverage(5, coin)
    isolated = client.update_leverage(5, coin, is_cross=False)
    opened = client.market_open(coin, True, 2)
    stop = client.order(coin, False, 2, 380, trigger("sl", 380), reduce_only=True)
    state = client.info.user_state(me, "xyz")
    return {
        "mids": client.info.all_mids("xyz")[coin],
        "outcomes": [outcome(answer) for answer in (cross, isolated, opened, stop)],
        "account": pick(state["marginSummary"], "accountValue", "totalMarginUsed"),
        "held": [pick(each["position"], "coin", "szi", "leverage") for each in state["assetPositions"]],
        "elsewhere": [positions(), info.open_orders(me)],
        "orders": [pick(order, "coin", "triggerPx") for order in client.info.frontend_open_orders(me, "xyz")],
        "closed": outcome(client.market_close(coin)),
        "fees": [fill["fee"] for fill in info.user_fills(me)],
        "left": [client.info.user_state(me, "xyz")["assetPositions"], client.info.open_orders(me, "xyz")],
    }


play(
    {
        "limits": limits,
        "immediate": immediate,
        "stops": stops,
        "attached": attached,
        "wholePosition": whole_position,
        "changes": changes,
        "deadMansSwitch": dead_mans_switch,
        "leverage": leverage,
        "expiry": expiry,
        "builtMarket": built_market,
    }
)

"""Trades on the Ostium sandbox with the venue's own SDK and prints what it saw as one line of JSON.

The first argument is what `signalman sandbox ostium --json` prints, and `controlUrl`.
"""

import asyncio
import json
import sys

import requests
from ostium_python_sdk import OstiumSDK
from ostium_python_sdk.config import NetworkConfig

venue = json.loads(sys.argv[1])
trader, delegate, helper = venue["traders"][:3]
BTC, EUR, XAU = 0, 2, 5


def control(**command):
    answer = requests.post(venue["controlUrl"], json=command, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def client(account, use_delegation=False):
    network = NetworkConfig(graph_url=venue["graphUrl"], contracts=venue["contracts"], is_testnet=True)
    sdk = OstiumSDK(
        network,
        account["privateKey"],
        venue["rpcUrl"],
        submit_rpc_url=venue["rpcUrl"],
        use_delegation=use_delegation,
    )
    sdk.price.base_url = venue["priceUrl"]
    sdk.ostium.order_poll_interval = 0.05
    return sdk


def balance(sdk, account):
    return str(sdk.balance.get_balance(account["address"], refresh=True)[1])


def pick(entity, *names):
    return {name: entity[name] for name in names}


async def track(sdk, sent):
    return await sdk.ostium.track_order_and_trade(sdk.subgraph, sent["order_id"], polling_interval=0.2)


async def own_account(sdk):
    seen = {"before": balance(sdk, trader), "price": await sdk.price.get_price("BTC", "USD")}
    wish = {"collateral": 100, "leverage": 10, "asset_type": BTC, "direction": True, "tp": 110000, "sl": 95000}
    sent = sdk.ostium.perform_trade({**wish, "order_type": "MARKET"}, at_price=100000)
    opened = await track(sdk, sent)
    seen["order"] = pick(opened["order"], "isCancelled", "price", "collateral", "oracleFee", "devFee", "vaultFee")
    seen["trade"] = pick(
        opened["trade"], "isOpen", "openPrice", "collateral", "leverage", "takeProfitPrice", "stopLossPrice"
    )
    index = int(opened["trade"]["index"])
    metrics = await sdk.get_open_trade_metrics(BTC, index)
    seen["metrics"] = pick(metrics, "pnl", "funding", "liquidation_price", "is_market_open")

    sdk.ostium.update_tp(BTC, index, 112000)
    sdk.ostium.update_sl(BTC, index, 96000)
    (trade,), _ = await sdk.get_open_trades()
    seen["barriers"] = [trade["takeProfitPrice"], trade["stopLossPrice"]]

    control(type="setPrice", pair="BTC-USD", price="101000", spread="20")
    part = sdk.ostium.close_trade(BTC, index, 101000, close_percentage=50)
    partial = await track(sdk, part)
    seen["partial"] = pick(partial["order"], "isCancelled", "price", "amountSentToTrader", "closePercent", "oracleFee")
    (trade,), _ = await sdk.get_open_trades()
    seen["left"] = trade["collateral"]

    rest = await track(sdk, sdk.ostium.close_trade(BTC, index, 101000))
    seen["closed"] = pick(rest["order"], "isCancelled", "price", "amountSentToTrader", "closePercent", "oracleFee")
    seen["closedTrade"] = pick(rest["trade"], "isOpen", "closePrice")
    seen["open"] = (await sdk.get_open_trades())[0]
    seen["after"] = balance(sdk, trader)
    return seen


async def refused(sdk):
    """An open whose price has run away is cancelled, and costs the oracle's fee."""
    before = balance(sdk, trader)
    wish = {"collateral": 100, "leverage": 10, "asset_type": BTC, "direction": True, "order_type": "MARKET"}
    result = await track(sdk, sdk.ostium.perform_trade(wish, at_price=90000))
    reverted = sdk.ostium.perform_trade({**wish, "leverage": 1000}, at_price=101000)
    return {
        "order": pick(result["order"], "isCancelled", "cancelReason"),
        "trade": result["trade"],
        "before": before,
        "after": balance(sdk, trader),
        "reverted": [reverted["receipt"]["status"], reverted["order_id"]],
    }


async def limit_order(sdk):
    wish = {"collateral": 50, "leverage": 20, "asset_type": EUR, "direction": False, "order_type": "LIMIT"}
    sdk.ostium.perform_trade(wish, at_price=1.2)
    placed = (await sdk.subgraph.get_orders(trader["address"]))[0]
    sdk.ostium.update_limit_order(EUR, 0, trader["privateKey"], price=1.25)
    moved = (await sdk.subgraph.get_orders(trader["address"]))[0]
    control(type="setPrice", pair="EUR-USD", price="1.2505", spread="0.0002")
    for _ in range(100):
        trades, _ = await sdk.get_open_trades()
        if trades:
            break
        await asyncio.sleep(0.05)
    (trade,) = trades
    sdk.ostium.update_sl(EUR, int(trade["index"]), 1.26)
    control(type="setPrice", pair="EUR-USD", price="1.262", spread="0.0002")
    for _ in range(100):
        history = await sdk.subgraph.get_recent_history(trader["address"], 1)
        if history[0]["orderType"] == "StopLoss":
            break
        await asyncio.sleep(0.05)
    return {
        "placed": pick(placed, "limitType", "openPrice", "isBuy"),
        "moved": placed["openPrice"] != moved["openPrice"] and moved["openPrice"],
        "trade": pick(trade, "openPrice", "isBuy", "collateral"),
        "stopped": pick(history[0], "orderType", "orderAction", "price", "isCancelled"),
    }


async def as_delegate(owner):
    trading = owner.ostium.ostium_trading_contract
    account = owner.ostium._get_account()
    transaction = trading.functions.setDelegate(delegate["address"]).build_transaction(
        owner.ostium._build_tx_params(account)
    )
    signed = owner.w3.eth.account.sign_transaction(transaction, private_key=trader["privateKey"])
    owner.w3.eth.wait_for_transaction_receipt(owner.w3.eth.send_raw_transaction(signed.raw_transaction))

    sdk = client(delegate, use_delegation=True)
    of = {"trader_address": trader["address"]}
    before = [balance(owner, trader), balance(sdk, delegate)]
    wish = {"collateral": 200, "leverage": 5, "asset_type": BTC, "direction": False, "order_type": "MARKET", **of}
    opened = await track(sdk, sdk.ostium.perform_trade(wish, at_price=101000))
    index = int(opened["trade"]["index"])
    sdk.ostium.update_sl(BTC, index, 103000, **of)
    sdk.ostium.update_tp(BTC, index, 98000, **of)
    (trade,), _ = await sdk.get_open_trades(trader["address"])
    closed = await track(sdk, sdk.ostium.close_trade(BTC, index, 101000, **of))
    stranger = client(helper, use_delegation=True)
    allowed = stranger.ostium.perform_trade(wish, at_price=101000)
    return {
        "trade": pick(opened["trade"], "isBuy", "openPrice", "collateral"),
        "barriers": [trade["takeProfitPrice"], trade["stopLossPrice"]],
        "closed": pick(closed["order"], "isCancelled", "price", "amountSentToTrader"),
        "before": before,
        "after": [balance(owner, trader), balance(sdk, delegate)],
        "stranger": allowed["receipt"]["status"],
    }


async def timed_out(sdk):
    """An open sent to a closed market is never settled; after the time-out in blocks it is taken back whole."""
    control(type="setMarketOpen", pair="BTC-USD", open=False)
    before = balance(sdk, trader)
    wish = {"collateral": 100, "leverage": 10, "asset_type": BTC, "direction": True, "order_type": "MARKET"}
    sent = sdk.ostium.perform_trade(wish, at_price=101000)
    is_open = (await sdk.price.get_price("BTC", "USD"))[1]
    early = sdk.ostium.open_market_timeout(sent["order_id"])["receipt"]["status"]
    control(type="mine", blocks=40)
    late = sdk.ostium.open_market_timeout(sent["order_id"])["receipt"]["status"]
    return {"isMarketOpen": is_open, "early": early, "late": late, "refunded": balance(sdk, trader) == before}


async def collateral_and_rates():
    sdk = client(helper)
    control(type="setPrice", pair="XAU-USD", price="4000", spread="2")
    faucet = sdk.faucet.request_tokens()["status"]
    wish = {"collateral": 100, "leverage": 10, "asset_type": XAU, "direction": True}
    opened = await track(sdk, sdk.ostium.perform_trade({**wish, "order_type": "MARKET"}, at_price=4000))
    index = int(opened["trade"]["index"])
    statuses = [sdk.ostium.add_collateral(XAU, index, 99.6)["status"]]
    (topped,), _ = await sdk.get_open_trades()
    statuses.append(sdk.ostium.remove_collateral(XAU, index, 149.4)["status"])
    for _ in range(100):
        (trade,), _ = await sdk.get_open_trades()
        if trade["leverage"] != topped["leverage"]:
            break
        await asyncio.sleep(0.05)
    sdk.ostium.perform_trade({**wish, "order_type": "STOP"}, at_price=5000)
    stops = [order["limitType"] for order in await sdk.subgraph.get_orders(helper["address"])]
    statuses.append(sdk.ostium.cancel_limit_order(XAU, 0)["status"])
    funding = await sdk.get_funding_rate_for_pair_id(XAU)
    return {
        "faucet": faucet,
        "statuses": statuses,
        "topped": pick(topped, "collateral", "leverage"),
        "removed": pick(trade, "collateral", "leverage", "highestLeverage"),
        "stops": stops,
        "left": await sdk.subgraph.get_orders(helper["address"]),
        "rollover": float(await sdk.get_rollover_rate_for_pair_id(XAU)),
        "funding": float(funding[2]),
        "balance": balance(sdk, helper),
    }


async def main():
    sdk = client(trader)
    pairs = await sdk.get_formatted_pairs_details()
    seen = {
        "pairs": [f"{pair['from']}-{pair['to']}" for pair in pairs],
        "maxLeverage": float(await sdk.get_pair_max_leverage(EUR)),
        "own": await own_account(sdk),
        "refused": await refused(sdk),
        "limit": await limit_order(sdk),
        "delegate": await as_delegate(sdk),
        "timedOut": await timed_out(sdk),
        "more": await collateral_and_rates(),
    }
    print(json.dumps(seen, default=str))


asyncio.run(main())

"""Listens to the Hyperliquid sandbox with the venue's own SDK and prints what it heard as one line of JSON."""

from collections import defaultdict

from hyperliquid.utils.types import Cloid
from hyperliquid_client import (
    GTC,
    connect,
    connect_info,
    control,
    oid_of,
    owner,
    pick,
    play,
    set_price,
    until,
)

exchange = connect()
me = owner.address
ACCOUNT_STREAMS = ("orderUpdates", "userEvents", "userFills", "userFundings", "userNonFundingLedgerUpdates")
MARKET_STREAMS = ("l2Book", "bbo", "trades", "activeAssetCtx")


class Listener:
    """The messages of each subscription, in the order they came."""

    def __init__(self):
        self.heard = defaultdict(list)
        self.info = connect_info(skip_ws=False)
        # Before it is open, the client may send subscriptions in another order.
        until(lambda: self.info.ws_manager.ws_ready, bool)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The client's reading thread may notice only after ten seconds that its own side has closed.
        control(type="dropSockets")
        until(self.info.ws_manager.is_alive, lambda is_alive: not is_alive)
        self.info.disconnect_websocket()

    def subscribe(self, **subscription):
        messages = self.heard[subscription["type"]]
        return self.info.subscribe(subscription, lambda message: messages.append(message["data"]))

    def wait(self, stream, is_last):
        """Waits for a message and returns it; fails with the messages so far when it never comes."""
        return until(lambda: self.heard[stream][-1:], lambda last: bool(last) and is_last(last[0]))


def best(book):
    return [side[0]["px"] for side in book["levels"]]


def market():
    set_price("BTC", 100_000)
    with Listener() as listener:
        heard = listener.heard
        listener.subscribe(type="allMids")
        listener.subscribe(type="candle", coin="BTC", interval="1h")
        numbers = {stream: listener.subscribe(type=stream, coin="BTC") for stream in MARKET_STREAMS}
        listener.wait("activeAssetCtx", lambda message: message["ctx"]["markPx"] == "100000.0")
        set_price("BTC", 101_000)
        listener.wait("allMids", lambda message: message["mids"]["BTC"] == "101000.0")
        exchange.market_open("BTC", False, 0.02)
        exchange.market_close("BTC")
        until(lambda: heard["trades"], lambda messages: len(messages) == 2)
        listener.info.unsubscribe({"type": "bbo", "coin": "BTC"}, numbers["bbo"])
        set_price("BTC", 102_000)
        # Each stream has its own place in the order of messages.
        listener.wait("l2Book", lambda book: best(book)[1] == "102006.0")
        listener.wait("allMids", lambda message: message["mids"]["BTC"] == "102000.0")
        listener.wait("activeAssetCtx", lambda message: message["ctx"]["markPx"] == "102000.0")
        listener.wait("candle", lambda candle: candle["c"] == "102000.0")
        return {
            "mids": [message["mids"]["BTC"] for message in heard["allMids"]],
            "books": [best(book) for book in heard["l2Book"]],
            "bbo": [[side["px"] for side in message["bbo"]] for message in heard["bbo"]],
            "marks": [pick(message["ctx"], "markPx", "oraclePx") for message in heard["activeAssetCtx"]],
            "candles": [pick(candle, "s", "i", "c") for candle in heard["candle"]],
            "trades": [
                [pick(trade, "coin", "side", "px", "sz") for trade in trades] for trades in heard["trades"]
            ],
            "parties": [trade["users"].index(me.lower()) for (trade,) in heard["trades"]],
        }


def account():
    set_price("BTC", 100_000)
    exchange.market_open("BTC", True, 0.01)
    with Listener() as listener:
        heard = listener.heard
        for stream in ACCOUNT_STREAMS:
            listener.subscribe(type=stream, user=me)
        # The subscriptions begin one after the other.
        listener.wait(ACCOUNT_STREAMS[-1], lambda message: message["isSnapshot"])
        mine = Cloid.from_int(41)
        exchange.cancel("BTC", oid_of(exchange.order("BTC", True, 0.001, 90_000, GTC, cloid=mine)))
        exchange.market_close("BTC", 0.004)
        control(type="payFunding")
        control(type="fund", address=me, usdc=5)
        set_price("BTC", 100_100)
        exchange.market_close("BTC")
        until(lambda: heard["userEvents"], lambda messages: len(messages) == 3)
        until(lambda: heard["userFills"], lambda messages: len(messages) == 3)
        until(lambda: heard["userFundings"], lambda messages: len(messages) == 2)
        until(lambda: heard["userNonFundingLedgerUpdates"], lambda messages: len(messages) == 2)
        listener.wait("orderUpdates", lambda updates: updates[-1]["order"]["origSz"] == "0.006")
        return {
            "fills": [
                {
                    "isSnapshot": message.get("isSnapshot", False),
                    "mine": message["user"] == me.lower(),
                    "fills": [pick(fill, "dir", "px", "sz", "closedPnl") for fill in message["fills"]],
                }
                for message in heard["userFills"]
            ],
            "orders": [
                pick(update, "status") | pick(update["order"], "side", "sz", "origSz")
                for updates in heard["orderUpdates"]
                for update in updates
            ],
            "events": [
                pick(event["funding"], "coin", "usdc", "szi")
                if "funding" in event
                else [fill["dir"] for fill in event["fills"]]
                for event in heard["userEvents"]
            ],
            "fundings": [
                [funding["usdc"] for funding in message["fundings"]] for message in heard["userFundings"]
            ],
            "ledger": [
                [entry["delta"] for entry in message["nonFundingLedgerUpdates"]]
                for message in heard["userNonFundingLedgerUpdates"]
            ],
        }


def liquidation():
    """The whole account on one side, and a price that takes it."""
    set_price("ETH", 3_000)
    exchange.update_leverage(25, "ETH")
    exchange.market_open("ETH", True, 80)
    resting = oid_of(exchange.order("ETH", True, 0.01, 2_000, GTC))
    with Listener() as listener:
        heard = listener.heard
        listener.subscribe(type="userEvents", user=me)
        listener.subscribe(type="userFills", user=me)
        listener.wait("userFills", lambda message: message["isSnapshot"])
        set_price("ETH", 2_900)
        until(lambda: heard["userEvents"], lambda messages: any("liquidation" in each for each in messages))
        listener.wait("userFills", lambda message: not message.get("isSnapshot", False))
        fills, event = heard["userEvents"]
        (fill,) = heard["userFills"][1]["fills"]
        state = listener.info.user_state(me)
        return {
            "fill": pick(fill, "dir", "sz", "px", "liquidation"),
            "same": fills == {"fills": [fill]},
            "event": event["liquidation"],
            "ledger": listener.info.user_non_funding_ledger_updates(me, 0)[-1]["delta"],
            "order": listener.info.query_order_by_oid(me, resting)["order"]["status"],
            "left": [state["marginSummary"]["accountValue"], state["assetPositions"]],
        }


play({"market": market, "account": account, "liquidation": liquidation})

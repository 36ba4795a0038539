"""Runs freqtrade's backtester on a file of candles and prints its times and trades as one JSON object.

usage: freqtrade_run.py CANDLES.csv EVERY MODE WORK

A signal stands at every EVERYth candle from the sixth on, long and short in turn. MODE is `one` (one trade at a time) or
`each` (every signal is a trade of its own). WORK is a folder for what freqtrade writes. Only what would ask an exchange
is replaced: the list of markets, leverage tiers and the checks of both.
"""
import json
import logging
import resource
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import PropertyMock, patch

started = time.perf_counter()

import pandas as pd  # noqa: E402
from freqtrade.enums import CandleType, RunMode  # noqa: E402
from freqtrade.exchange import Exchange  # noqa: E402
from freqtrade.optimize.backtesting import Backtesting  # noqa: E402
from freqtrade.strategy import IStrategy  # noqa: E402

candles, every, mode, work = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
PAIR = "BTC/USDT:USDT"

frame = pd.read_csv(candles)
first = frame.columns[0]
is_epoch = frame[first].dtype.kind in "iu"
frame["date"] = pd.to_datetime(frame[first], utc=True, unit="ms" if is_epoch else None)
frame = frame[["date", "open", "high", "low", "close"]].assign(volume=1.0)
signals = list(range(5, len(frame) - 1, every))


class Given(IStrategy):
    """Stop 2 %, target 3 %, and a trail of 1 % from 1.0001 % on."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    can_short = True
    stoploss = -0.02
    minimal_roi = {0: 0.03}
    trailing_stop = True
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.010001
    trailing_only_offset_is_reached = True
    startup_candle_count = 0
    use_exit_signal = False
    exit_profit_only = False
    exit_profit_offset = 0.0
    ignore_roi_if_entry_signal = False
    ignore_buying_expired_candle_after = 0
    protections = []
    disable_dataframe_checks = False
    stake_currency = "USDT"
    order_types = {"entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False}
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}
    _ft_params_from_file = {}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 0
        dataframe["enter_short"] = 0
        dataframe.loc[dataframe.index[signals[0::2]], "enter_long"] = 1
        dataframe.loc[dataframe.index[signals[1::2]], "enter_short"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe


MARKET = {
    "id": "BTCUSDT",
    "symbol": PAIR,
    "base": "BTC",
    "quote": "USDT",
    "settle": "USDT",
    "active": True,
    "swap": True,
    "spot": False,
    "future": False,
    "option": False,
    "margin": True,
    "linear": True,
    "inverse": False,
    "type": "swap",
    "contract": True,
    "contractSize": 1.0,
    "taker": 0.0,
    "maker": 0.0,
    "info": {},
    "precision": {"amount": 1e-8, "price": 1e-8},
    "limits": {
        "amount": {"min": 1e-8, "max": 1e9},
        "cost": {"min": 0.0, "max": None},
        "price": {"min": None, "max": None},
        "leverage": {"min": 1, "max": 50},
    },
}
PRICING = {"price_side": "other", "use_order_book": False, "order_book_top": 1}
CONFIG = {
    "runmode": RunMode.BACKTEST,
    "trading_mode": "futures",
    "margin_mode": "isolated",
    "candle_type_def": CandleType.FUTURES,
    "futures_funding_rate": 0,
    "stake_currency": "USDT",
    "stake_amount": 1000,
    "dry_run": True,
    "dry_run_wallet": 1e8,
    "tradable_balance_ratio": 1.0,
    "amend_last_stake_amount": False,
    "last_stake_amount_min_ratio": 0.5,
    "amount_reserve_percent": 0.0,
    "custom_price_max_distance_ratio": 0.02,
    "cancel_open_orders_on_exit": False,
    "max_open_trades": float("inf") if mode == "each" else 1,
    "position_stacking": mode == "each",
    "timeframe": "1m",
    "fee": 0.0,
    "exchange": {
        "name": "binance",
        "key": "",
        "secret": "",
        "pair_whitelist": [PAIR],
        "pair_blacklist": [],
        "enable_ws": False,
    },
    "pairlists": [{"method": "StaticPairList"}],
    "entry_pricing": PRICING,
    "exit_pricing": PRICING,
    "unfilledtimeout": {"entry": 10, "exit": 10},
    "order_types": Given.order_types,
    "order_time_in_force": Given.order_time_in_force,
    "datadir": work,
    "user_data_dir": work,
    "exportfilename": work,
    "dataformat_ohlcv": "feather",
    "strategy": "Given",
    "export": "none",
    "backtest_cache": "none",
    "enable_protections": False,
    "timerange": "",
    "progressbar": False,
    "internals": {},
    "original_config": {},
}
WITHOUT_EXCHANGE = {
    "reload_markets": None,
    "validate_timeframes": None,
    "validate_config": None,
    "additional_exchange_init": None,
    "fill_leverage_tiers": None,
    "dry_run_liquidation_price": None,
    "validate_required_startup_candles": 1,
    "get_maintenance_ratio_and_amt": (0.0, 0.0),
    "get_max_leverage": 50.0,
    "get_fee": 0.0,
}


def load(config):
    strategy = Given(config)
    strategy.max_open_trades = config["max_open_trades"]
    return strategy


logging.disable(logging.WARNING)
with ExitStack() as stack:
    stack.enter_context(patch("freqtrade.optimize.backtesting.validate_config_consistency", lambda *a, **k: None))
    stack.enter_context(patch("freqtrade.resolvers.StrategyResolver.load_strategy", load))
    stack.enter_context(patch.object(Exchange, "markets", new_callable=PropertyMock, return_value={PAIR: MARKET}))
    for name, answer in WITHOUT_EXCHANGE.items():
        stack.enter_context(patch.object(Exchange, name, lambda *a, _answer=answer, **k: _answer))
    backtesting = Backtesting(CONFIG)
    backtesting._set_strategy(backtesting.strategylist[0])
    backtesting.funding_fee_timeframe_secs = 8 * 3600
    funding = pd.DataFrame({"date": frame["date"], "open_mark": frame["open"], "open_fund": 0.0})
    backtesting.futures_data = {PAIR: funding}
    processed = backtesting.strategy.advise_all_indicators({PAIR: frame})
    began = time.perf_counter()
    outcome = backtesting.backtest(
        processed=processed,
        start_date=frame["date"].iloc[0].to_pydatetime(),
        end_date=frame["date"].iloc[-1].to_pydatetime(),
    )
    loop = time.perf_counter() - began

trades = [
    [
        int(row.open_date.timestamp() * 1000),
        int(row.close_date.timestamp() * 1000),
        "short" if row.is_short else "long",
        row.open_rate,
        row.close_rate,
        row.exit_reason,
    ]
    for row in outcome["results"].itertuples()
]
print(
    json.dumps(
        {
            "loopSeconds": loop,
            "wallSeconds": time.perf_counter() - started,
            "rssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "trades": trades,
        }
    )
)

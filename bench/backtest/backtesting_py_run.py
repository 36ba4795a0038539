"""Runs backtesting.py on a file of candles and prints its times as one JSON object.

usage: backtesting_py_run.py CANDLES.csv EVERY

The task of freqtrade_run.py, mode `one`: a signal at every EVERYth candle from the sixth on, long and short in turn.
"""
import json
import resource
import sys
import time

started = time.perf_counter()

import pandas as pd  # noqa: E402
from backtesting import Backtest, Strategy  # noqa: E402

candles, every = sys.argv[1], int(sys.argv[2])
frame = pd.read_csv(candles)
first = frame.columns[0]
is_epoch = frame[first].dtype.kind in "iu"
frame.index = pd.to_datetime(frame[first], unit="ms" if is_epoch else None)
frame = frame[["open", "high", "low", "close"]].set_axis(["Open", "High", "Low", "Close"], axis=1)
frame["Volume"] = 1.0
sides = {at: 1 if number % 2 == 0 else -1 for number, at in enumerate(range(5, len(frame) - 1, every))}


class Given(Strategy):
    """Stop 2 %, target 3 %, and a trail of 1 % from 1.0001 % on, set at the close of a candle."""

    def init(self):
        self.peak = 0.0

    def next(self):
        at = len(self.data) - 1
        for trade in self.trades:
            self.follow(trade)
        if self.position or at not in sides:
            return
        if sides[at] > 0:
            self.buy(size=1)
        else:
            self.sell(size=1)

    def follow(self, trade):
        sign = 1 if trade.is_long else -1
        if trade.sl is None:
            trade.sl = trade.entry_price * (1 - 0.02 * sign)
            trade.tp = trade.entry_price * (1 + 0.03 * sign)
            self.peak = trade.entry_price
        best = self.data.High[-1] if trade.is_long else self.data.Low[-1]
        if (best - self.peak) * sign > 0:
            self.peak = best
        if (self.peak / trade.entry_price - 1) * sign >= 0.010001:
            stop = self.peak * (1 - 0.01 * sign)
            if (stop - trade.sl) * sign > 0:
                trade.sl = stop


backtest = Backtest(frame, Given, cash=1e9, commission=0, exclusive_orders=False)
began = time.perf_counter()
outcome = backtest.run()
loop = time.perf_counter() - began
print(
    json.dumps(
        {
            "loopSeconds": loop,
            "wallSeconds": time.perf_counter() - started,
            "rssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "trades": int(outcome["# Trades"]),
        }
    )
)

// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import './Types.sol';

/// The arithmetic of a fill: its price, its profit, and where barriers may stand.
library Fills {
    int256 internal constant MAX_GAIN_P = 900;

    /// Buyers pay the ask and sellers get the bid; the impact is the distance from the middle, 1e18 of a percent.
    function priceOf(PriceAnswer calldata a, bool opens, bool long)
        internal
        pure
        returns (uint256 impactP, uint192 price)
    {
        if (a.price == 0) return (0, 0);
        int192 used = opens == long ? a.ask : a.bid;
        int192 distance = a.price > used ? a.price - used : used - a.price;
        impactP = uint256(int256(distance)) * 1e18 / uint256(int256(a.price)) * 100;
        price = uint192(used);
    }

    /// Profit at a price in percent of collateral, 1e6, and the most it can be.
    function profitP(uint192 openPrice, uint192 price, bool long, uint32 leverage, uint32 initialLeverage)
        internal
        pure
        returns (int256 p, int256 maxP)
    {
        uint32 highest = leverage > initialLeverage ? leverage : initialLeverage;
        maxP = MAX_GAIN_P * 1e6 * int256(uint256(leverage)) / int256(uint256(highest));
        int256 open = int256(uint256(openPrice));
        int256 move = int256(uint256(price)) - open;
        p = (long ? move : -move) * 1e6 * int256(uint256(leverage)) / open;
        if (p > maxP) p = maxP;
    }

    /// A take profit that is missing or too far stands at the greatest profit.
    function takeProfitOf(Trade memory t, uint32 initialLeverage) internal pure returns (uint192) {
        (int256 p, int256 maxP) = profitP(t.openPrice, t.tp, t.buy, t.leverage, initialLeverage);
        if (t.tp != 0 && p != maxP) return t.tp;
        uint256 distance = uint256(t.openPrice) * uint256(maxP) / 1e6 / t.leverage;
        if (t.buy) return uint192(t.openPrice + distance);
        return distance <= t.openPrice ? uint192(t.openPrice - distance) : 0;
    }

    function isStopTooFar(Trade memory t, uint32 initialLeverage, uint8 maxSl_P) internal pure returns (bool) {
        (int256 p,) = profitP(t.openPrice, t.sl, t.buy, t.leverage, initialLeverage);
        return t.sl > 0 && p < -int256(uint256(maxSl_P)) * 1e6;
    }

    /// A stop loss that is too far stands at the greatest loss.
    function stopLossOf(Trade memory t, uint8 maxSl_P) internal pure returns (uint192) {
        if (!isStopTooFar(t, t.leverage, maxSl_P)) return t.sl;
        uint256 distance = uint256(t.openPrice) * maxSl_P / t.leverage;
        return uint192(t.buy ? t.openPrice - distance : t.openPrice + distance);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';
import {TradingStorage} from './TradingStorage.sol';
import {PairsStorage} from './PairsStorage.sol';
import {PairInfos} from './PairInfos.sol';
import {Vault} from './Vault.sol';
import {Fills} from './Fills.sol';
import './Types.sol';

/// Settles what waits for a price, once the oracle has answered. All settlements carry the order's id as topic 1.
contract Callbacks is Registered {
    error NotPriceUpKeep(address a);

    event AutomationCloseOrderCanceled(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        address indexed trader,
        uint256 pairIndex,
        LimitOrder orderType,
        CancelReason cancelReason
    );
    event AutomationOpenOrderCanceled(
        uint256 indexed orderId, address indexed trader, uint256 indexed pairIndex, CancelReason cancelReason
    );
    event BuilderFeeCharged(
        uint256 indexed tradeId, address indexed trader, address indexed builder, uint256 amount
    );
    event DevFeeCharged(uint256 indexed tradeId, address indexed trader, uint256 amount);
    event FeesChargedV2(
        uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, int256 rolloverFees, int256 fundingFees
    );
    event LimitCloseExecuted(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        LimitOrder orderType,
        uint256 price,
        uint256 priceImpactP,
        int256 percentProfit,
        uint256 usdcSentToTrader
    );
    event LimitOpenExecuted(
        uint256 indexed orderId, uint256 limitIndex, Trade t, uint256 priceImpactP, uint256 tradeNotional
    );
    event MarketCloseCanceled(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        address indexed trader,
        uint256 pairIndex,
        uint256 index,
        CancelReason cancelReason
    );
    event MarketCloseExecutedV2(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        uint256 price,
        uint256 priceImpactP,
        int256 percentProfit,
        uint256 usdcSentToTrader,
        uint256 percentageClosed
    );
    event MarketOpenCanceled(
        uint256 indexed orderId, address indexed trader, uint256 indexed pairIndex, CancelReason cancelReason
    );
    event MarketOpenExecuted(uint256 indexed orderId, Trade t, uint256 priceImpactP, uint256 tradeNotional);
    event OracleFeeCharged(uint256 indexed tradeId, address indexed trader, uint256 amount);
    event OracleFeeRefunded(uint256 indexed tradeId, address indexed trader, uint16 pairIndex, uint256 amount);
    event RemoveCollateralExecuted(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        address indexed trader,
        uint16 pairIndex,
        uint256 removeAmount,
        uint32 leverage,
        uint192 tp,
        uint192 sl
    );
    event RemoveCollateralRejected(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        address indexed trader,
        uint16 pairIndex,
        uint256 removeAmount,
        CancelReason reason
    );
    event VaultLiqFeeCharged(
        uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, uint256 amount
    );
    event VaultOpeningFeeCharged(uint256 indexed tradeId, address indexed trader, uint256 amount);

    /// One closing at one price.
    struct Closing {
        uint256 orderId;
        uint256 tradeId;
        uint256 collateral;
        uint192 price;
        uint256 impactP;
        int256 profitP;
        uint256 value;
        uint256 liquidationFee;
        uint256 kept;
        int256 rollover;
    }

    uint8 public maxSl_P;

    modifier onlyOracle() {
        if (msg.sender != _at('priceUpkeep')) revert NotPriceUpKeep(msg.sender);
        _;
    }

    function initialize(address _registry) external {
        _register(_registry);
        maxSl_P = 85;
    }

    function closeFeeDecayWindow() external pure returns (uint32) {
        return 0;
    }

    function closeFeeStartingP() external pure returns (uint32) {
        return 0;
    }

    // Opening

    function openTradeMarketCallback(PriceAnswer calldata a) external onlyOracle {
        TradingStorage st = _store();
        (uint256 since, uint192 wanted, uint32 slippageP, Trade memory t,) = st.reqID_pendingMarketOrder(a.orderId);
        if (since == 0) return;
        uint256 impactP;
        (impactP, t.openPrice) = Fills.priceOf(a, true, t.buy);
        CancelReason reason = _reasonNotToOpen(a, t, impactP);
        if (reason == CancelReason.NONE) reason = _reasonOfMarketOpen(t, wanted, slippageP);
        if (reason == CancelReason.NONE) {
            (address builder, uint32 fee) = st.pendingBuilderFee(a.orderId);
            uint256 notional = _book(a.orderId, t, BuilderFee(builder, fee));
            emit MarketOpenExecuted(a.orderId, t, impactP, notional);
        } else {
            uint256 fee = _pairs().pairOracleFee(t.pairIndex);
            st.handleDevFee(fee);
            st.transferUsdc(address(st), t.trader, t.collateral - fee);
            emit OracleFeeCharged(a.orderId, t.trader, fee);
            emit MarketOpenCanceled(a.orderId, t.trader, t.pairIndex, reason);
        }
        st.unregisterPendingMarketOrder(a.orderId, true);
    }

    function _reasonNotToOpen(PriceAnswer calldata a, Trade memory t, uint256 impactP)
        private
        view
        returns (CancelReason)
    {
        PairsStorage pairs = _pairs();
        if (a.price == 0) return CancelReason.MARKET_CLOSED;
        if (_isDayTradeClosed(a, t.pairIndex, t.leverage)) return CancelReason.DAY_TRADE_NOT_ALLOWED;
        (uint256 long, uint256 short, uint256 cap) = _store().getPairOpeningInterestInfo(t.pairIndex);
        uint256 held = (t.buy ? long : short) * uint256(int256(a.price)) / 1e18 / 1e12;
        if (held + t.collateral * t.leverage / 100 > cap) return CancelReason.EXPOSURE_LIMITS;
        if (pairs.groupCollateral(t.pairIndex, t.buy) + t.collateral > pairs.groupMaxCollateral(t.pairIndex)) {
            return CancelReason.EXPOSURE_LIMITS;
        }
        if (impactP * t.leverage / 100 / 1e18 > _infos().maxNegativePnlOnOpenP()) return CancelReason.PRICE_IMPACT;
        if (t.leverage > pairs.pairMaxLeverage(t.pairIndex)) return CancelReason.MAX_LEVERAGE;
        return CancelReason.NONE;
    }

    function _reasonOfMarketOpen(Trade memory t, uint192 wanted, uint32 slippageP)
        private
        pure
        returns (CancelReason)
    {
        uint256 room = uint256(wanted) * slippageP / 10000;
        if (t.buy ? t.openPrice > wanted + room : t.openPrice + room < wanted) return CancelReason.SLIPPAGE;
        if (t.tp > 0 && (t.buy ? t.openPrice >= t.tp : t.openPrice <= t.tp)) return CancelReason.TP_REACHED;
        if (t.sl > 0 && (t.buy ? t.openPrice <= t.sl : t.openPrice >= t.sl)) return CancelReason.SL_REACHED;
        return CancelReason.NONE;
    }

    function executeAutomationOpenOrderCallback(PriceAnswer calldata a) external onlyOracle {
        TradingStorage st = _store();
        (address trader, uint16 pairIndex, uint8 index,,) = st.reqID_pendingAutomationOrder(a.orderId);
        if (trader == address(0)) return;
        OpenLimitOrder memory o = st.getOpenLimitOrder(trader, pairIndex, index);
        (uint256 impactP, uint192 price) = Fills.priceOf(a, true, o.buy);
        Trade memory t = Trade(
            o.collateral, price, o.tp, o.sl, trader, o.leverage, pairIndex, 0, o.buy, o.isDayTrade
        );
        CancelReason reason = o.leverage == 0 ? CancelReason.NO_TRADE : _reasonNotToOpen(a, t, impactP);
        if (reason == CancelReason.NONE && !_isHit(a, o, price)) reason = CancelReason.NOT_HIT;
        if (reason == CancelReason.NONE) {
            BuilderFee memory bf = st.getBuilderData(trader, pairIndex, index);
            st.unregisterOpenLimitOrder(trader, pairIndex, index);
            uint256 notional = _book(a.orderId, t, bf);
            emit LimitOpenExecuted(a.orderId, index, t, impactP, notional);
        } else {
            emit AutomationOpenOrderCanceled(a.orderId, trader, pairIndex, reason);
        }
        st.unregisterPendingAutomationOrder(a.orderId);
    }

    /// A limit looks at the price it would get, a stop at the price in the middle.
    function _isHit(PriceAnswer calldata a, OpenLimitOrder memory o, uint192 price) private pure returns (bool) {
        uint256 middle = uint256(int256(a.price));
        if (o.orderType == uint8(OpenOrderType.LIMIT)) {
            return o.buy ? price <= o.targetPrice : price >= o.targetPrice;
        }
        return o.buy ? middle >= o.targetPrice : middle <= o.targetPrice;
    }

    /// Takes the fees out of the collateral and puts the trade into the books. The trade's id is its order's.
    function _book(uint256 tradeId, Trade memory t, BuilderFee memory bf) private returns (uint256 notional) {
        TradingStorage st = _store();
        _chargeOpening(tradeId, t, bf);
        t.index = st.firstEmptyTradeIndex(t.trader, t.pairIndex);
        t.tp = Fills.takeProfitOf(t, t.leverage);
        t.sl = Fills.stopLossOf(t, maxSl_P);
        _infos().storeTradeInitialAccFees(tradeId, t.trader, t.pairIndex, t.index, t.buy);
        _pairs().updateGroupCollateral(t.pairIndex, t.collateral, t.buy, true);
        uint32 at = uint32(block.number);
        notional = t.collateral * 1e12 * t.leverage / 100 * 1e18 / t.openPrice;
        st.storeTrade(t, TradeInfo(tradeId, notional, t.leverage, at, at, at, false), bf);
    }

    function _chargeOpening(uint256 tradeId, Trade memory t, BuilderFee memory bf) private {
        TradingStorage st = _store();
        uint256 size = t.collateral * t.leverage / 100;
        (uint256 devFee, uint256 vaultFee) = _infos().getOpeningFee(t.pairIndex, size);
        uint256 oracleFee = _pairs().pairOracleFee(t.pairIndex);
        uint256 builderFee = bf.builder == address(0) ? 0 : size * bf.builderFee / 1e6 / 100;
        t.collateral -= devFee + vaultFee + oracleFee + builderFee;
        st.handleDevFee(devFee + oracleFee);
        emit DevFeeCharged(tradeId, t.trader, devFee);
        if (vaultFee > 0) {
            st.transferUsdc(address(st), _at('vault'), vaultFee);
            emit VaultOpeningFeeCharged(tradeId, t.trader, vaultFee);
        }
        emit OracleFeeCharged(tradeId, t.trader, oracleFee);
        if (builderFee > 0) {
            st.transferUsdc(address(st), bf.builder, builderFee);
            emit BuilderFeeCharged(tradeId, t.trader, bf.builder, builderFee);
        }
    }

    // Closing

    function closeTradeMarketCallback(PriceAnswer calldata a) external onlyOracle {
        TradingStorage st = _store();
        (uint256 since, uint192 wanted, uint32 slippageP, Trade memory target, uint16 percentage) =
            st.reqID_pendingMarketOrder(a.orderId);
        if (since == 0) return;
        uint256 tradeId = st.pendingMarketCloseTradeIds(a.orderId);
        Trade memory t = st.getOpenTrade(target.trader, target.pairIndex, target.index);
        CancelReason reason = _reasonNotToClose(a, t, tradeId, wanted, slippageP);
        if (reason == CancelReason.NONE) {
            Closing memory c = _judge(a, t, t.collateral * percentage / 100e2);
            _chargeClosing(c, t, percentage == 100e2);
            _unregister(c, t);
            emit MarketCloseExecutedV2(
                a.orderId, c.tradeId, c.price, c.impactP, c.profitP, c.value, percentage
            );
        } else {
            emit MarketCloseCanceled(
                a.orderId, tradeId, target.trader, target.pairIndex, target.index, reason
            );
        }
        st.unregisterPendingMarketOrder(a.orderId, false);
    }

    function _reasonNotToClose(
        PriceAnswer calldata a,
        Trade memory t,
        uint256 tradeId,
        uint192 wanted,
        uint32 slippageP
    ) private view returns (CancelReason) {
        if (t.leverage == 0) return CancelReason.NO_TRADE;
        if (_store().getOpenTradeInfo(t.trader, t.pairIndex, t.index).tradeId != tradeId) return CancelReason.NO_TRADE;
        if (a.price == 0) return CancelReason.MARKET_CLOSED;
        (, uint192 price) = Fills.priceOf(a, false, t.buy);
        uint256 room = uint256(wanted) * slippageP / 10000;
        if (t.buy ? price + room < wanted : price > wanted + room) return CancelReason.SLIPPAGE;
        return CancelReason.NONE;
    }

    /// The fee of asking for a price stays with the venue only where part of the trade goes on.
    function _chargeClosing(Closing memory c, Trade memory t, bool whole) private {
        uint256 fee = _pairs().pairOracleFee(t.pairIndex);
        if (c.value <= fee) return;
        if (whole) {
            emit OracleFeeRefunded(c.tradeId, t.trader, t.pairIndex, fee);
            return;
        }
        c.value -= fee;
        c.kept = fee;
        emit OracleFeeCharged(c.tradeId, t.trader, fee);
    }

    function executeAutomationCloseOrderCallback(PriceAnswer calldata a) external onlyOracle {
        TradingStorage st = _store();
        (address trader, uint16 pairIndex, uint8 index, uint8 kind, uint256 tradeId) =
            st.reqID_pendingAutomationOrder(a.orderId);
        if (trader == address(0)) return;
        Trade memory t = st.getOpenTrade(trader, pairIndex, index);
        CancelReason reason = t.leverage == 0 || st.getOpenTradeInfo(trader, pairIndex, index).tradeId != tradeId
            ? CancelReason.NO_TRADE
            : a.price == 0 ? CancelReason.MARKET_CLOSED : CancelReason.NONE;
        if (reason == CancelReason.NONE) {
            Closing memory c = _judge(a, t, t.collateral);
            reason = _reasonNotToTrigger(a, t, c, LimitOrder(kind));
            if (reason == CancelReason.NONE) {
                _unregister(c, t);
                emit LimitCloseExecuted(
                    a.orderId,
                    c.tradeId,
                    c.value == 0 ? LimitOrder.LIQ : LimitOrder(kind),
                    c.price,
                    c.impactP,
                    c.profitP,
                    c.value
                );
            }
        }
        if (reason != CancelReason.NONE) {
            emit AutomationCloseOrderCanceled(a.orderId, tradeId, trader, pairIndex, LimitOrder(kind), reason);
        }
        st.unregisterPendingAutomationOrder(a.orderId);
    }

    function _reasonNotToTrigger(PriceAnswer calldata a, Trade memory t, Closing memory c, LimitOrder kind)
        private
        view
        returns (CancelReason)
    {
        if (kind == LimitOrder.CLOSE_DAY_TRADE) {
            return _isDayTradeClosed(a, t.pairIndex, t.leverage)
                ? CancelReason.NONE
                : CancelReason.CLOSE_DAY_TRADE_NOT_ALLOWED;
        }
        bool hit = kind == LimitOrder.LIQ && c.value == 0;
        if (kind == LimitOrder.TP) hit = t.tp > 0 && (t.buy ? c.price >= t.tp : c.price <= t.tp);
        if (kind == LimitOrder.SL) hit = t.sl > 0 && (t.buy ? c.price <= t.sl : c.price >= t.sl);
        return hit ? CancelReason.NONE : CancelReason.NOT_HIT;
    }

    function _judge(PriceAnswer calldata a, Trade memory t, uint256 collateral)
        private
        view
        returns (Closing memory c)
    {
        TradeInfo memory info = _store().getOpenTradeInfo(t.trader, t.pairIndex, t.index);
        (c.orderId, c.tradeId, c.collateral) = (a.orderId, info.tradeId, collateral);
        (c.impactP, c.price) = Fills.priceOf(a, false, t.buy);
        (c.profitP,) = Fills.profitP(t.openPrice, c.price, t.buy, t.leverage, info.initialLeverage);
        uint256 margin;
        (c.value, margin, c.rollover,) = _infos().getTradeValue(
            t.trader, t.pairIndex, t.index, t.buy, collateral, t.leverage, c.profitP, _pairs().pairMaxLeverage(t.pairIndex)
        );
        c.liquidationFee = c.value == 0 ? margin : 0;
    }

    /// Ends all or part of a trade and pays it out, with the vault on the other side.
    function _unregister(Closing memory c, Trade memory t) private {
        TradingStorage st = _store();
        _pairs().updateGroupCollateral(t.pairIndex, c.collateral, t.buy, false);
        st.unregisterTrade(t.trader, t.pairIndex, t.index, c.collateral);
        if (c.liquidationFee > 0) emit VaultLiqFeeCharged(c.orderId, c.tradeId, t.trader, c.liquidationFee);
        uint256 owed = c.value + c.kept;
        if (owed > c.collateral) Vault(_at('vault')).sendAssets(owed - c.collateral, address(st));
        else st.transferUsdc(address(st), _at('vault'), c.collateral - owed);
        if (c.value > 0) st.transferUsdc(address(st), t.trader, c.value);
        st.handleDevFee(c.kept);
        emit FeesChargedV2(c.orderId, c.tradeId, t.trader, c.rollover, 0);
    }

    // Taking collateral out

    function handleRemoveCollateral(PriceAnswer calldata a) external onlyOracle {
        TradingStorage st = _store();
        PendingRemoveCollateral memory request = st.getPendingRemoveCollateral(a.orderId);
        if (request.trader == address(0)) return;
        Trade memory t = st.getOpenTrade(request.trader, request.pairIndex, request.index);
        uint256 tradeId = st.getOpenTradeInfo(request.trader, request.pairIndex, request.index).tradeId;
        CancelReason reason = t.leverage == 0 || tradeId != request.tradeId
            ? CancelReason.NO_TRADE
            : _removeFrom(a, t, request.removeAmount);
        st.unregisterPendingRemoveCollateral(a.orderId);
        if (reason != CancelReason.NONE) {
            emit RemoveCollateralRejected(
                a.orderId, request.tradeId, request.trader, request.pairIndex, request.removeAmount, reason
            );
            return;
        }
        uint256 fee = _pairs().pairOracleFee(request.pairIndex);
        st.handleDevFee(fee);
        st.transferUsdc(address(st), request.trader, request.removeAmount - fee);
        st.updateTrade(t);
        _pairs().updateGroupCollateral(request.pairIndex, request.removeAmount, t.buy, false);
        emit OracleFeeCharged(tradeId, request.trader, fee);
        emit RemoveCollateralExecuted(
            a.orderId, tradeId, request.trader, request.pairIndex, request.removeAmount, t.leverage, t.tp, t.sl
        );
    }

    /// The trade as it would be afterwards, and why it may not be so.
    function _removeFrom(PriceAnswer calldata a, Trade memory t, uint256 amount) private view returns (CancelReason) {
        if (a.price == 0) return CancelReason.MARKET_CLOSED;
        if (amount >= t.collateral) return CancelReason.UNDER_LIQUIDATION;
        uint32 initialLeverage = _store().getOpenTradeInfo(t.trader, t.pairIndex, t.index).initialLeverage;
        uint256 size = t.collateral * t.leverage;
        t.collateral -= amount;
        t.leverage = uint32(size / t.collateral);
        if (_isDayTradeClosed(a, t.pairIndex, t.leverage)) return CancelReason.DAY_TRADE_NOT_ALLOWED;
        if (t.leverage > _pairs().pairMaxLeverage(t.pairIndex)) return CancelReason.MAX_LEVERAGE;
        Closing memory c = _judge(a, t, t.collateral);
        if (c.value == 0) return CancelReason.UNDER_LIQUIDATION;
        (, int256 maxP) = Fills.profitP(t.openPrice, c.price, t.buy, t.leverage, initialLeverage);
        if (c.profitP == maxP) return CancelReason.GAIN_LOSS;
        t.tp = Fills.takeProfitOf(t, initialLeverage);
        if (Fills.isStopTooFar(t, initialLeverage, maxSl_P)) t.sl = 0;
        return CancelReason.NONE;
    }

    function _isDayTradeClosed(PriceAnswer calldata a, uint16 pairIndex, uint32 leverage)
        private
        view
        returns (bool)
    {
        uint32 overnight = _pairs().pairOvernightMaxLeverage(pairIndex);
        return a.isDayTradingClosed && overnight != 0 && leverage > overnight;
    }

    function _store() private view returns (TradingStorage) {
        return TradingStorage(_at('tradingStorage'));
    }

    function _pairs() private view returns (PairsStorage) {
        return PairsStorage(_at('pairsStorage'));
    }

    function _infos() private view returns (PairInfos) {
        return PairInfos(_at('pairInfos'));
    }
}

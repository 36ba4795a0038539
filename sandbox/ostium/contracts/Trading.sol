// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';
import {Delegatable} from './Delegatable.sol';
import {TradingStorage} from './TradingStorage.sol';
import {PairInfos} from './PairInfos.sol';
import {PairsStorage} from './PairsStorage.sol';
import {PriceUpKeep} from './PriceUpKeep.sol';
import {Callbacks} from './Callbacks.sol';
import './Types.sol';

/// Where traders send their wishes. Nothing trades here: a wish is checked, stored, and waits for its price.
contract Trading is Registered, Delegatable {
    error AboveMaxAllowedCollateral();
    error AlreadyMarketClosed(address trader, uint16 pairIndex, uint8 index);
    error BelowFees();
    error BelowMinLevPos();
    error ExposureLimits();
    error IsDone();
    error IsPaused();
    error MaxPendingMarketOrdersReached(address trader);
    error MaxTradesPerPairReached(address trader, uint16 pairIndex);
    error NoLimitFound(address trader, uint16 pairIndex, uint8 index);
    error NoTradeFound(address trader, uint16 pairIndex, uint8 index);
    error NoTradeToTimeoutFound(uint256 orderId);
    error NotCloseMarketTimeoutOrder(uint256 orderId);
    error NotOpenMarketTimeoutOrder(uint256 orderId);
    error NotTradesUpKeep(address a);
    error NotYourOrder(uint256 orderId, address trader);
    error PairNotListed(uint16 index);
    error TriggerPending(address sender, uint16 pairIndex, uint8 index);
    error WaitTimeout(uint256 orderId);
    error WrongLeverage(uint32 leverage);
    error WrongSL();
    error WrongTP();

    event AutomationCloseOrderInitiated(
        uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, uint16 pairIndex, LimitOrder
    );
    event AutomationOpenOrderInitiated(
        uint256 indexed orderId, address indexed trader, uint16 indexed pairIndex, uint8 index
    );
    event MarketCloseFailed(uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex);
    event MarketCloseOrderInitiatedV2(
        uint256 indexed orderId,
        uint256 indexed tradeId,
        address indexed trader,
        uint16 pairIndex,
        uint16 closePercentage
    );
    event MarketCloseTimeoutExecutedV2(uint256 indexed orderId, uint256 indexed tradeId, PendingMarketOrder order);
    event MarketOpenOrderInitiated(uint256 indexed orderId, address indexed trader, uint16 indexed pairIndex);
    event MarketOpenTimeoutExecutedV2(uint256 indexed orderId, PendingMarketOrder order);
    event OpenLimitCanceled(address indexed trader, uint16 indexed pairIndex, uint8 index);
    event OpenLimitPlacedV2(
        address indexed trader,
        uint16 indexed pairIndex,
        uint8 index,
        Trade trade,
        OpenOrderType orderType,
        BuilderFee builderFee
    );
    event OpenLimitUpdated(
        address indexed trader, uint16 indexed pairIndex, uint8 index, uint192 newPrice, uint192 newTp, uint192 newSl
    );
    event OracleFeeChargedLimitCancelled(address indexed trader, uint16 pairIndex, uint256 amount);
    event Paused(bool paused);
    event Done(bool done);
    event RemoveCollateralInitiated(
        uint256 indexed tradeId, uint256 indexed orderId, address indexed trader, uint16 pairIndex, uint256 removeAmount
    );
    event SlUpdated(
        uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex, uint8 index, uint192 newSl
    );
    event TopUpCollateralExecuted(
        uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex, uint256 topUpAmount, uint32 newLeverage
    );
    event TpUpdated(
        uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex, uint8 index, uint192 newTp
    );

    uint256 private constant MAX_GAIN_P = 900;
    uint16 private constant ALL = 100e2;

    uint256 public maxAllowedCollateral;
    uint16 public marketOrdersTimeout;
    uint16 public triggerTimeout;
    bool public isPaused;
    bool public isDone;
    /// The sandbox's own: while set, every wish reverts with these bytes.
    bytes public forcedRevert;

    modifier accepting() {
        if (isDone) revert IsDone();
        bytes memory forced = forcedRevert;
        if (forced.length > 0) {
            assembly {
                revert(add(forced, 32), mload(forced))
            }
        }
        _;
    }

    function initialize(
        address _registry,
        uint256 _maxAllowedCollateral,
        uint16 _marketOrdersTimeout,
        uint16 _triggerTimeout
    ) external {
        _register(_registry);
        maxAllowedCollateral = _maxAllowedCollateral;
        marketOrdersTimeout = _marketOrdersTimeout;
        triggerTimeout = _triggerTimeout;
    }

    function setForcedRevert(bytes calldata data) external onlyGov {
        forcedRevert = data;
    }

    function setMarketOrdersTimeout(uint256 value) external onlyGov {
        marketOrdersTimeout = uint16(value);
    }

    function setMaxAllowedCollateral(uint256 value) external onlyGov {
        maxAllowedCollateral = value;
    }

    function pause() external onlyGov {
        isPaused = !isPaused;
        emit Paused(isPaused);
    }

    function done() external onlyGov {
        isDone = !isDone;
        emit Done(isDone);
    }

    function openTrade(Trade calldata t, BuilderFee calldata bf, OpenOrderType orderType, uint256 slippageP)
        external
        accepting
    {
        if (isPaused) revert IsPaused();
        if (!_pairs().isPairIndexListed(t.pairIndex)) revert PairNotListed(t.pairIndex);
        address sender = _msgSender();
        _checkOpen(t, bf, orderType, slippageP, sender);
        _store().transferUsdc(sender, address(_store()), t.collateral);
        Trade memory trade = t;
        trade.trader = sender;
        trade.index = 0;
        if (orderType == OpenOrderType.MARKET) _requestOpen(trade, bf, uint32(slippageP));
        else _placeLimit(trade, bf, orderType);
    }

    function _checkOpen(
        Trade calldata t,
        BuilderFee calldata bf,
        OpenOrderType orderType,
        uint256 slippageP,
        address sender
    ) private view {
        if (orderType == OpenOrderType.MARKET ? slippageP == 0 || slippageP >= 10000 : slippageP != 0) {
            revert WrongParams();
        }
        if (t.openPrice == 0 || bf.builderFee > 500000) revert WrongParams();
        TradingStorage st = _store();
        if (
            st.openTradesCount(sender, t.pairIndex) + st.pendingMarketOpenCount(sender, t.pairIndex)
                + st.openLimitOrdersCount(sender, t.pairIndex) >= st.maxTradesPerPair()
        ) revert MaxTradesPerPairReached(sender, t.pairIndex);
        if (st.pendingOrderIdsCount(sender) >= st.maxPendingMarketOrders()) {
            revert MaxPendingMarketOrdersReached(sender);
        }
        PairsStorage pairs = _pairs();
        if (
            t.leverage == 0 || t.leverage < pairs.pairMinLeverage(t.pairIndex)
                || t.leverage > pairs.pairMaxLeverage(t.pairIndex)
        ) revert WrongLeverage(t.leverage);
        if (t.collateral > maxAllowedCollateral) revert AboveMaxAllowedCollateral();
        if (t.collateral <= _openingFees(t, bf)) revert BelowFees();
        if (t.collateral * t.leverage / 100 < pairs.pairMinLevPos(t.pairIndex)) revert BelowMinLevPos();
        _checkBarriers(t.buy, t.openPrice, t.tp, t.sl);
    }

    /// What the callbacks will take out of the collateral.
    function _openingFees(Trade calldata t, BuilderFee calldata bf) private view returns (uint256) {
        uint256 size = t.collateral * t.leverage / 100;
        (uint256 devFee, uint256 vaultFee) = PairInfos(_at('pairInfos')).getOpeningFee(t.pairIndex, size);
        return devFee + vaultFee + _pairs().pairOracleFee(t.pairIndex) + size * bf.builderFee / 1e6 / 100;
    }

    function _checkBarriers(bool buy, uint192 price, uint192 tp, uint192 sl) private pure {
        if (tp != 0 && (buy ? tp <= price : tp >= price)) revert WrongTP();
        if (sl != 0 && (buy ? sl >= price : sl <= price)) revert WrongSL();
    }

    function _requestOpen(Trade memory trade, BuilderFee calldata bf, uint32 slippageP) private {
        uint256 orderId = _prices().getPrice(trade.pairIndex, PriceRequest.MARKET_OPEN, block.timestamp);
        uint192 wanted = trade.openPrice;
        trade.openPrice = 0;
        _store().storePendingMarketOrder(PendingMarketOrder(0, wanted, slippageP, trade, 0), orderId, true, bf, 0);
        emit MarketOpenOrderInitiated(orderId, trade.trader, trade.pairIndex);
    }

    function _placeLimit(Trade memory trade, BuilderFee calldata bf, OpenOrderType orderType) private {
        trade.index = _store().firstEmptyOpenLimitIndex(trade.trader, trade.pairIndex);
        _store().storeOpenLimitOrder(
            OpenLimitOrder(
                trade.collateral,
                trade.openPrice,
                trade.tp,
                trade.sl,
                trade.trader,
                trade.leverage,
                uint32(block.number),
                uint32(block.number),
                trade.pairIndex,
                uint8(orderType),
                trade.index,
                trade.buy,
                trade.isDayTrade
            ),
            bf
        );
        emit OpenLimitPlacedV2(trade.trader, trade.pairIndex, trade.index, trade, orderType, bf);
    }

    function closeTradeMarket(
        uint16 pairIndex,
        uint8 index,
        uint16 closePercentage,
        uint192 marketPrice,
        uint32 slippageP
    ) external accepting {
        if (closePercentage > ALL || marketPrice == 0 || slippageP == 0 || slippageP >= 10000) revert WrongParams();
        uint16 percentage = closePercentage == 0 ? ALL : closePercentage;
        address sender = _msgSender();
        uint256 tradeId = _checkClose(sender, pairIndex, index, percentage);
        Trade memory target = Trade(0, 0, 0, 0, sender, 0, pairIndex, index, false, false);
        _requestClose(PendingMarketOrder(0, marketPrice, slippageP, target, percentage), tradeId);
    }

    function _checkClose(address sender, uint16 pairIndex, uint8 index, uint16 percentage)
        private
        view
        returns (uint256 tradeId)
    {
        TradingStorage st = _store();
        Trade memory t = _openTrade(sender, pairIndex, index);
        if (st.pendingOrderIdsCount(sender) >= st.maxPendingMarketOrders()) {
            revert MaxPendingMarketOrdersReached(sender);
        }
        _checkNoTriggers(sender, pairIndex, index);
        tradeId = st.getOpenTradeInfo(sender, pairIndex, index).tradeId;
        if (st.isBeingMarketClosed(tradeId)) revert AlreadyMarketClosed(sender, pairIndex, index);
        uint256 remaining = t.collateral * (ALL - percentage) / ALL;
        if (percentage != ALL && remaining * t.leverage / 100 < _pairs().pairMinLevPos(pairIndex)) {
            revert BelowMinLevPos();
        }
    }

    function _requestClose(PendingMarketOrder memory order, uint256 tradeId) private {
        Trade memory t = order.trade;
        uint256 orderId = _prices().getPrice(t.pairIndex, PriceRequest.MARKET_CLOSE, block.timestamp);
        _store().storePendingMarketOrder(order, orderId, false, BuilderFee(address(0), 0), tradeId);
        emit MarketCloseOrderInitiatedV2(orderId, tradeId, t.trader, t.pairIndex, order.percentage);
    }

    function updateOpenLimitOrder(uint16 pairIndex, uint8 index, uint192 price, uint192 tp, uint192 sl)
        external
        accepting
    {
        address sender = _msgSender();
        OpenLimitOrder memory o = _openLimit(sender, pairIndex, index);
        if (price == 0) revert WrongParams();
        _checkBarriers(o.buy, price, tp, sl);
        o.targetPrice = price;
        o.tp = tp;
        o.sl = sl;
        _store().updateOpenLimitOrder(o);
        emit OpenLimitUpdated(sender, pairIndex, index, price, tp, sl);
    }

    function cancelOpenLimitOrder(uint16 pairIndex, uint8 index) external accepting {
        address sender = _msgSender();
        OpenLimitOrder memory o = _openLimit(sender, pairIndex, index);
        TradingStorage st = _store();
        uint256 fee = _pairs().pairOracleFee(pairIndex);
        st.unregisterOpenLimitOrder(sender, pairIndex, index);
        st.handleDevFee(fee);
        st.transferUsdc(address(st), sender, o.collateral - fee);
        emit OracleFeeChargedLimitCancelled(sender, pairIndex, fee);
        emit OpenLimitCanceled(sender, pairIndex, index);
    }

    function updateTp(uint16 pairIndex, uint8 index, uint192 newTp) external accepting {
        address sender = _msgSender();
        _checkNoTrigger(sender, pairIndex, index, LimitOrder.TP);
        Trade memory t = _openTrade(sender, pairIndex, index);
        TradeInfo memory info = _store().getOpenTradeInfo(sender, pairIndex, index);
        uint256 leverage = info.initialLeverage > t.leverage ? info.initialLeverage : t.leverage;
        uint256 furthest = uint256(t.openPrice) * MAX_GAIN_P / leverage;
        if (newTp != 0) {
            if (t.buy ? newTp > t.openPrice + furthest : newTp + furthest < t.openPrice) revert WrongTP();
        }
        _store().updateTp(sender, pairIndex, index, newTp);
        emit TpUpdated(info.tradeId, sender, pairIndex, index, newTp);
    }

    function updateSl(uint16 pairIndex, uint8 index, uint192 newSl) external accepting {
        address sender = _msgSender();
        _checkNoTrigger(sender, pairIndex, index, LimitOrder.SL);
        Trade memory t = _openTrade(sender, pairIndex, index);
        uint256 furthest = uint256(t.openPrice) * Callbacks(_at('callbacks')).maxSl_P() / t.leverage;
        if (newSl != 0) {
            if (t.buy ? newSl + furthest < t.openPrice : newSl > t.openPrice + furthest) revert WrongSL();
        }
        _store().updateSl(sender, pairIndex, index, newSl);
        emit SlUpdated(
            _store().getOpenTradeInfo(sender, pairIndex, index).tradeId, sender, pairIndex, index, newSl
        );
    }

    function topUpCollateral(uint16 pairIndex, uint8 index, uint256 topUpAmount) external accepting {
        address sender = _msgSender();
        Trade memory t = _openTrade(sender, pairIndex, index);
        _checkNoTriggers(sender, pairIndex, index);
        PairsStorage pairs = _pairs();
        if (pairs.groupCollateral(pairIndex, t.buy) + topUpAmount > pairs.groupMaxCollateral(pairIndex)) {
            revert ExposureLimits();
        }
        uint256 size = t.collateral * t.leverage;
        t.collateral += topUpAmount;
        if (t.collateral > maxAllowedCollateral) revert AboveMaxAllowedCollateral();
        t.leverage = uint32(size / t.collateral);
        if (t.leverage < pairs.pairMinLeverage(pairIndex)) revert WrongLeverage(t.leverage);
        TradingStorage st = _store();
        st.transferUsdc(sender, address(st), topUpAmount);
        st.updateTrade(t);
        pairs.updateGroupCollateral(pairIndex, topUpAmount, t.buy, true);
        emit TopUpCollateralExecuted(
            st.getOpenTradeInfo(sender, pairIndex, index).tradeId, sender, pairIndex, topUpAmount, t.leverage
        );
    }

    function removeCollateral(uint16 pairIndex, uint8 index, uint256 removeAmount) external accepting {
        address sender = _msgSender();
        Trade memory t = _openTrade(sender, pairIndex, index);
        if (removeAmount >= t.collateral || removeAmount <= _pairs().pairOracleFee(pairIndex)) revert WrongParams();
        _checkNoTriggers(sender, pairIndex, index);
        uint32 leverage = uint32(t.collateral * t.leverage / (t.collateral - removeAmount));
        if (leverage > _pairs().pairMaxLeverage(pairIndex)) revert WrongLeverage(leverage);
        uint256 tradeId = _store().getOpenTradeInfo(sender, pairIndex, index).tradeId;
        uint256 orderId = _prices().getPrice(pairIndex, PriceRequest.REMOVE_COLLATERAL, block.timestamp);
        _store().storePendingRemoveCollateral(
            PendingRemoveCollateral(removeAmount, sender, pairIndex, index, tradeId), orderId
        );
        emit RemoveCollateralInitiated(tradeId, orderId, sender, pairIndex, removeAmount);
    }

    /// For the keeper: asks for the price at which a trigger is to be judged. Answers 0 when it has, else why not.
    function executeAutomationOrder(uint8 orderType, address trader, uint16 pairIndex, uint8 index, uint256 timestamp)
        external
        returns (uint8)
    {
        if (msg.sender != _at('tradesUpKeep')) revert NotTradesUpKeep(msg.sender);
        if (!_pairs().isPairIndexListed(pairIndex)) revert PairNotListed(pairIndex);
        TradingStorage st = _store();
        bool opens = orderType == uint8(LimitOrder.OPEN);
        if (opens ? !st.hasOpenLimitOrder(trader, pairIndex, index) : st.getOpenTrade(trader, pairIndex, index).leverage == 0)
        {
            return opens ? 1 : 2;
        }
        if (_hasTrigger(trader, pairIndex, index, LimitOrder(orderType))) return 5;
        uint256 orderId =
            _prices().getPrice(pairIndex, opens ? PriceRequest.LIMIT_OPEN : PriceRequest.LIMIT_CLOSE, timestamp);
        uint256 tradeId = opens ? 0 : st.getOpenTradeInfo(trader, pairIndex, index).tradeId;
        st.storePendingAutomationOrder(PendingAutomationOrder(trader, pairIndex, index, orderType, tradeId), orderId);
        if (opens) emit AutomationOpenOrderInitiated(orderId, trader, pairIndex, index);
        else emit AutomationCloseOrderInitiated(orderId, tradeId, trader, pairIndex, LimitOrder(orderType));
        return 0;
    }

    function openTradeMarketTimeout(uint256 orderId) external accepting {
        PendingMarketOrder memory order = _timedOut(orderId);
        if (order.trade.leverage == 0) revert NotOpenMarketTimeoutOrder(orderId);
        TradingStorage st = _store();
        st.unregisterPendingMarketOrder(orderId, true);
        st.transferUsdc(address(st), order.trade.trader, order.trade.collateral);
        emit MarketOpenTimeoutExecutedV2(orderId, order);
    }

    function closeTradeMarketTimeout(uint256 orderId, bool retry) external accepting {
        PendingMarketOrder memory order = _timedOut(orderId);
        if (order.trade.leverage > 0) revert NotCloseMarketTimeoutOrder(orderId);
        TradingStorage st = _store();
        Trade memory t = order.trade;
        uint256 tradeId = st.pendingMarketCloseTradeIds(orderId);
        st.unregisterPendingMarketOrder(orderId, false);
        if (retry) {
            (bool sent,) = address(this).delegatecall(
                abi.encodeCall(
                    this.closeTradeMarket, (t.pairIndex, t.index, order.percentage, order.wantedPrice, order.slippageP)
                )
            );
            if (!sent) emit MarketCloseFailed(tradeId, t.trader, t.pairIndex);
        }
        emit MarketCloseTimeoutExecutedV2(orderId, tradeId, order);
    }

    function _timedOut(uint256 orderId) private view returns (PendingMarketOrder memory order) {
        (order.block, order.wantedPrice, order.slippageP, order.trade, order.percentage) =
            _store().reqID_pendingMarketOrder(orderId);
        if (order.trade.trader == address(0)) revert NoTradeToTimeoutFound(orderId);
        if (order.trade.trader != _msgSender()) revert NotYourOrder(orderId, order.trade.trader);
        if (block.number < order.block + marketOrdersTimeout) revert WaitTimeout(orderId);
    }

    function _openTrade(address trader, uint16 pairIndex, uint8 index) private view returns (Trade memory t) {
        t = _store().getOpenTrade(trader, pairIndex, index);
        if (t.leverage == 0) revert NoTradeFound(trader, pairIndex, index);
    }

    function _openLimit(address trader, uint16 pairIndex, uint8 index)
        private
        view
        returns (OpenLimitOrder memory o)
    {
        o = _store().getOpenLimitOrder(trader, pairIndex, index);
        if (o.leverage == 0) revert NoLimitFound(trader, pairIndex, index);
        _checkNoTrigger(trader, pairIndex, index, LimitOrder.OPEN);
    }

    function _checkNoTriggers(address trader, uint16 pairIndex, uint8 index) private view {
        _checkNoTrigger(trader, pairIndex, index, LimitOrder.TP);
        _checkNoTrigger(trader, pairIndex, index, LimitOrder.SL);
        _checkNoTrigger(trader, pairIndex, index, LimitOrder.LIQ);
        _checkNoTrigger(trader, pairIndex, index, LimitOrder.REMOVE_COLLATERAL);
    }

    function _checkNoTrigger(address trader, uint16 pairIndex, uint8 index, LimitOrder orderType) private view {
        if (_hasTrigger(trader, pairIndex, index, orderType)) revert TriggerPending(trader, pairIndex, index);
    }

    function _hasTrigger(address trader, uint16 pairIndex, uint8 index, LimitOrder orderType)
        private
        view
        returns (bool)
    {
        uint256 since = _store().orderTriggerBlock(trader, pairIndex, index, uint8(orderType));
        return since != 0 && block.number - since < triggerTimeout;
    }

    function _store() private view returns (TradingStorage) {
        return TradingStorage(_at('tradingStorage'));
    }

    function _pairs() private view returns (PairsStorage) {
        return PairsStorage(_at('pairsStorage'));
    }

    function _prices() private view returns (PriceUpKeep) {
        return PriceUpKeep(_at('priceRouter'));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';
import {Usdc} from './Usdc.sol';
import './Types.sol';

/// Holds the traders' collateral and everything that is open or waiting for a price. The events are this sandbox's
/// own: its subgraph is built from them.
contract TradingStorage is Registered {
    error NotTradingOrCallbacks(address a);
    error NotEmptyIndex();
    error NoOpenLimitOrder(address trader, uint16 pairIndex, uint8 index);

    event MarketOrderStored(uint256 indexed orderId, bool open, uint256 tradeId, PendingMarketOrder order);
    event MarketOrderRemoved(uint256 indexed orderId);
    event TradeStored(uint256 indexed tradeId, Trade trade, TradeInfo info);
    event TradeRemoved(uint256 indexed tradeId);
    event LimitStored(OpenLimitOrder order);
    event LimitRemoved(address trader, uint16 pairIndex, uint8 index);
    event AutomationStored(uint256 indexed orderId, PendingAutomationOrder order);

    uint8 public maxTradesPerPair;
    uint8 public maxPendingMarketOrders;
    uint256 public devFees;

    mapping(address => mapping(uint16 => mapping(uint8 => Trade))) private trades;
    mapping(address => mapping(uint16 => mapping(uint8 => TradeInfo))) private infos;
    mapping(address => mapping(uint16 => mapping(uint8 => BuilderFee))) private builders;
    mapping(address => mapping(uint16 => mapping(uint8 => OpenLimitOrder))) private limits;
    mapping(address => mapping(uint16 => mapping(uint8 => mapping(uint8 => uint256)))) public orderTriggerBlock;
    mapping(address => mapping(uint16 => uint32)) public openTradesCount;
    mapping(address => mapping(uint16 => uint8)) public openLimitOrdersCount;
    mapping(address => mapping(uint16 => uint8)) public pendingMarketOpenCount;
    mapping(address => mapping(uint16 => uint8)) public pendingMarketCloseCount;
    /// Long and short in units of the pair's first asset (1e18), and the cap in dollars (1e6).
    mapping(uint16 => uint256[3]) public openInterest;
    mapping(address => uint256[]) private pendingIds;
    mapping(uint256 => PendingMarketOrder) public reqID_pendingMarketOrder;
    mapping(uint256 => BuilderFee) public pendingBuilderFee;
    mapping(uint256 => uint256) public pendingMarketCloseTradeIds;
    mapping(uint256 => PendingAutomationOrder) public reqID_pendingAutomationOrder;
    mapping(uint256 => PendingRemoveCollateral) public reqID_pendingRemoveCollateral;
    mapping(uint256 => bool) public isBeingMarketClosed;

    modifier onlyVenue() {
        if (msg.sender != _at('trading') && msg.sender != _at('callbacks')) revert NotTradingOrCallbacks(msg.sender);
        _;
    }

    function initialize(address _registry, uint8 _maxTradesPerPair, uint8 _maxPendingMarketOrders) external {
        _register(_registry);
        maxTradesPerPair = _maxTradesPerPair;
        maxPendingMarketOrders = _maxPendingMarketOrders;
    }

    function setMaxOpenInterest(uint16 pairIndex, uint256 value) external onlyGov {
        openInterest[pairIndex][2] = value;
    }

    function usdc() public view returns (Usdc) {
        return Usdc(_at('usdc'));
    }

    function transferUsdc(address from, address to, uint256 amount) external onlyVenue {
        if (from == address(this)) usdc().transfer(to, amount);
        else usdc().transferFrom(from, to, amount);
    }

    function handleDevFee(uint256 amount) external onlyVenue {
        devFees += amount;
    }

    // Trades

    function storeTrade(Trade memory t, TradeInfo memory info, BuilderFee memory bf) external onlyVenue {
        trades[t.trader][t.pairIndex][t.index] = t;
        infos[t.trader][t.pairIndex][t.index] = info;
        builders[t.trader][t.pairIndex][t.index] = bf;
        openTradesCount[t.trader][t.pairIndex]++;
        openInterest[t.pairIndex][t.buy ? 0 : 1] += info.oiNotional;
        emit TradeStored(info.tradeId, t, info);
    }

    function updateTrade(Trade memory t) external onlyVenue {
        trades[t.trader][t.pairIndex][t.index] = t;
        _tell(t.trader, t.pairIndex, t.index);
    }

    function updateTp(address trader, uint16 pairIndex, uint8 index, uint192 tp) external onlyVenue {
        trades[trader][pairIndex][index].tp = tp;
        infos[trader][pairIndex][index].tpLastUpdated = uint32(block.number);
        _tell(trader, pairIndex, index);
    }

    function updateSl(address trader, uint16 pairIndex, uint8 index, uint192 sl) external onlyVenue {
        trades[trader][pairIndex][index].sl = sl;
        infos[trader][pairIndex][index].slLastUpdated = uint32(block.number);
        _tell(trader, pairIndex, index);
    }

    /// Takes `collateralToClose` out of a trade, or the trade out of the books where that is all of it.
    function unregisterTrade(address trader, uint16 pairIndex, uint8 index, uint256 collateralToClose)
        external
        onlyVenue
    {
        Trade storage t = trades[trader][pairIndex][index];
        TradeInfo storage info = infos[trader][pairIndex][index];
        bool whole = collateralToClose >= t.collateral;
        uint256 notional = whole ? info.oiNotional : info.oiNotional * collateralToClose / t.collateral;
        openInterest[pairIndex][t.buy ? 0 : 1] -= notional;
        if (!whole) {
            t.collateral -= collateralToClose;
            info.oiNotional -= notional;
            _tell(trader, pairIndex, index);
            return;
        }
        emit TradeRemoved(info.tradeId);
        delete trades[trader][pairIndex][index];
        delete infos[trader][pairIndex][index];
        delete builders[trader][pairIndex][index];
        openTradesCount[trader][pairIndex]--;
    }

    function _tell(address trader, uint16 pairIndex, uint8 index) private {
        TradeInfo memory info = infos[trader][pairIndex][index];
        emit TradeStored(info.tradeId, trades[trader][pairIndex][index], info);
    }

    // Market orders waiting for their price

    function storePendingMarketOrder(
        PendingMarketOrder memory order,
        uint256 orderId,
        bool open,
        BuilderFee memory bf,
        uint256 tradeId
    ) external onlyVenue {
        order.block = block.number;
        reqID_pendingMarketOrder[orderId] = order;
        pendingIds[order.trade.trader].push(orderId);
        if (open) {
            pendingBuilderFee[orderId] = bf;
            pendingMarketOpenCount[order.trade.trader][order.trade.pairIndex]++;
        } else {
            pendingMarketCloseTradeIds[orderId] = tradeId;
            isBeingMarketClosed[tradeId] = true;
            pendingMarketCloseCount[order.trade.trader][order.trade.pairIndex]++;
        }
        emit MarketOrderStored(orderId, open, tradeId, order);
    }

    function unregisterPendingMarketOrder(uint256 orderId, bool open) external onlyVenue {
        Trade storage t = reqID_pendingMarketOrder[orderId].trade;
        if (open) pendingMarketOpenCount[t.trader][t.pairIndex]--;
        else pendingMarketCloseCount[t.trader][t.pairIndex]--;
        _forget(t.trader, orderId);
        delete isBeingMarketClosed[pendingMarketCloseTradeIds[orderId]];
        delete pendingMarketCloseTradeIds[orderId];
        delete pendingBuilderFee[orderId];
        delete reqID_pendingMarketOrder[orderId];
        emit MarketOrderRemoved(orderId);
    }

    function _forget(address trader, uint256 orderId) private {
        uint256[] storage ids = pendingIds[trader];
        for (uint256 i = 0; i < ids.length; i++) {
            if (ids[i] != orderId) continue;
            ids[i] = ids[ids.length - 1];
            ids.pop();
            return;
        }
    }

    // Limit and stop orders

    function storeOpenLimitOrder(OpenLimitOrder memory o, BuilderFee memory bf) external onlyVenue {
        if (limits[o.trader][o.pairIndex][o.index].leverage != 0) revert NotEmptyIndex();
        limits[o.trader][o.pairIndex][o.index] = o;
        builders[o.trader][o.pairIndex][o.index] = bf;
        openLimitOrdersCount[o.trader][o.pairIndex]++;
        emit LimitStored(o);
    }

    function updateOpenLimitOrder(OpenLimitOrder memory o) external onlyVenue {
        if (!hasOpenLimitOrder(o.trader, o.pairIndex, o.index)) {
            revert NoOpenLimitOrder(o.trader, o.pairIndex, o.index);
        }
        o.lastUpdated = uint32(block.number);
        limits[o.trader][o.pairIndex][o.index] = o;
        emit LimitStored(o);
    }

    function unregisterOpenLimitOrder(address trader, uint16 pairIndex, uint8 index) external onlyVenue {
        delete limits[trader][pairIndex][index];
        openLimitOrdersCount[trader][pairIndex]--;
        emit LimitRemoved(trader, pairIndex, index);
    }

    // Triggers and other requests waiting for their price

    function storePendingAutomationOrder(PendingAutomationOrder memory order, uint256 orderId) external onlyVenue {
        reqID_pendingAutomationOrder[orderId] = order;
        orderTriggerBlock[order.trader][order.pairIndex][order.index][order.orderType] = block.number;
        emit AutomationStored(orderId, order);
    }

    function unregisterPendingAutomationOrder(uint256 orderId) external onlyVenue {
        PendingAutomationOrder storage order = reqID_pendingAutomationOrder[orderId];
        delete orderTriggerBlock[order.trader][order.pairIndex][order.index][order.orderType];
        delete reqID_pendingAutomationOrder[orderId];
    }

    function storePendingRemoveCollateral(PendingRemoveCollateral memory request, uint256 orderId)
        external
        onlyVenue
    {
        reqID_pendingRemoveCollateral[orderId] = request;
        orderTriggerBlock[request.trader][request.pairIndex][request.index][uint8(LimitOrder.REMOVE_COLLATERAL)] =
            block.number;
    }

    function unregisterPendingRemoveCollateral(uint256 orderId) external onlyVenue {
        PendingRemoveCollateral storage request = reqID_pendingRemoveCollateral[orderId];
        delete orderTriggerBlock[request.trader][request.pairIndex][request.index][uint8(LimitOrder.REMOVE_COLLATERAL)];
        delete reqID_pendingRemoveCollateral[orderId];
    }

    // Reading

    function getOpenTrade(address trader, uint16 pairIndex, uint8 index) external view returns (Trade memory) {
        return trades[trader][pairIndex][index];
    }

    function openTrades(address trader, uint16 pairIndex, uint8 index) external view returns (Trade memory) {
        return trades[trader][pairIndex][index];
    }

    function getOpenTradeInfo(address trader, uint16 pairIndex, uint8 index) external view returns (TradeInfo memory) {
        return infos[trader][pairIndex][index];
    }

    function getBuilderData(address trader, uint16 pairIndex, uint256 index)
        external
        view
        returns (BuilderFee memory)
    {
        return builders[trader][pairIndex][uint8(index)];
    }

    function getOpenLimitOrder(address trader, uint16 pairIndex, uint8 index)
        external
        view
        returns (OpenLimitOrder memory)
    {
        return limits[trader][pairIndex][index];
    }

    function hasOpenLimitOrder(address trader, uint16 pairIndex, uint8 index) public view returns (bool) {
        return limits[trader][pairIndex][index].leverage != 0;
    }

    function getPendingOrderIds(address trader) external view returns (uint256[] memory) {
        return pendingIds[trader];
    }

    function pendingOrderIdsCount(address trader) external view returns (uint256) {
        return pendingIds[trader].length;
    }

    function getPendingRemoveCollateral(uint256 orderId) external view returns (PendingRemoveCollateral memory) {
        return reqID_pendingRemoveCollateral[orderId];
    }

    function getPairOpeningInterestInfo(uint16 pairIndex) external view returns (uint256, uint256, uint256) {
        uint256[3] storage oi = openInterest[pairIndex];
        return (oi[0], oi[1], oi[2]);
    }

    function firstEmptyTradeIndex(address trader, uint16 pairIndex) external view returns (uint8 index) {
        while (trades[trader][pairIndex][index].leverage != 0) index++;
    }

    function firstEmptyOpenLimitIndex(address trader, uint16 pairIndex) external view returns (uint8 index) {
        while (hasOpenLimitOrder(trader, pairIndex, index)) index++;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';
import {PairsStorage} from './PairsStorage.sol';
import {Callbacks} from './Callbacks.sol';
import {PriceAnswer, PriceRequest} from './Types.sol';

/// Numbers the requests for a price and hands the keeper's answers to the callbacks.
contract PriceUpKeep is Registered {
    error NotTrading(address a);
    error NotForwarder(address a);
    error NotInitiated(uint256 orderId);

    event PriceRequestedV2(uint256 indexed orderId, uint8 orderType, bytes32 feed, uint256 timestamp);
    event PriceReceived(uint256 indexed orderId, uint16 indexed pairIndex, int192 price, uint256 fee);

    struct Order {
        uint32 timestamp;
        uint16 pairIndex;
        PriceRequest orderType;
        bool initiated;
    }

    uint256 public currentOrderId;
    address public forwarder;
    mapping(uint256 => Order) public orders;

    function initialize(address _registry, address _forwarder) external {
        _register(_registry);
        forwarder = _forwarder;
    }

    function getPrice(uint16 pairIndex, PriceRequest orderType, uint256 timestamp) external returns (uint256 orderId) {
        if (msg.sender != _at('trading')) revert NotTrading(msg.sender);
        orderId = ++currentOrderId;
        orders[orderId] = Order(uint32(timestamp), pairIndex, orderType, true);
        bytes32 feed = PairsStorage(_at('pairsStorage')).pairFeed(pairIndex);
        emit PriceRequestedV2(orderId, uint8(orderType), feed, timestamp);
    }

    function performUpkeep(PriceAnswer calldata a) external {
        if (msg.sender != forwarder) revert NotForwarder(msg.sender);
        Order memory order = orders[a.orderId];
        if (!order.initiated) revert NotInitiated(a.orderId);
        delete orders[a.orderId];
        Callbacks c = Callbacks(_at('callbacks'));
        if (order.orderType == PriceRequest.MARKET_OPEN) c.openTradeMarketCallback(a);
        else if (order.orderType == PriceRequest.MARKET_CLOSE) c.closeTradeMarketCallback(a);
        else if (order.orderType == PriceRequest.LIMIT_OPEN) c.executeAutomationOpenOrderCallback(a);
        else if (order.orderType == PriceRequest.LIMIT_CLOSE) c.executeAutomationCloseOrderCallback(a);
        else c.handleRemoveCollateral(a);
        emit PriceReceived(a.orderId, order.pairIndex, a.price, 0);
    }
}

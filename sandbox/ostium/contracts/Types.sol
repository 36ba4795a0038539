// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

/// Prices 1e18, collateral 1e6, leverage 1e2, percentages as said at each field.
struct Trade {
    uint256 collateral;
    uint192 openPrice;
    uint192 tp;
    uint192 sl;
    address trader;
    uint32 leverage;
    uint16 pairIndex;
    uint8 index;
    bool buy;
    bool isDayTrade;
}

struct TradeInfo {
    uint256 tradeId;
    uint256 oiNotional; // units of the pair's first asset, 1e18
    uint32 initialLeverage;
    uint32 tpLastUpdated;
    uint32 slLastUpdated;
    uint32 createdAt;
    bool deprecatedBeingMarketClosed;
}

struct OpenLimitOrder {
    uint256 collateral;
    uint192 targetPrice;
    uint192 tp;
    uint192 sl;
    address trader;
    uint32 leverage;
    uint32 createdAt;
    uint32 lastUpdated;
    uint16 pairIndex;
    uint8 orderType;
    uint8 index;
    bool buy;
    bool isDayTrade;
}

struct PendingMarketOrder {
    uint256 block;
    uint192 wantedPrice;
    uint32 slippageP; // 1e2 percent
    Trade trade;
    uint16 percentage; // 1e2 percent of the trade to close; 0 for an open
}

struct PendingAutomationOrder {
    address trader;
    uint16 pairIndex;
    uint8 index;
    uint8 orderType;
    uint256 tradeId;
}

struct PendingRemoveCollateral {
    uint256 removeAmount;
    address trader;
    uint16 pairIndex;
    uint8 index;
    uint256 tradeId;
}

struct BuilderFee {
    address builder;
    uint32 builderFee; // 1e6 of a percent
}

/// What the oracle says about a pair; a price of 0 says that its market is closed.
struct PriceAnswer {
    uint256 orderId;
    int192 price;
    int192 bid;
    int192 ask;
    bool isDayTradingClosed;
}

enum OpenOrderType {
    MARKET,
    LIMIT,
    STOP
}

enum LimitOrder {
    TP,
    SL,
    LIQ,
    OPEN,
    CLOSE_DAY_TRADE,
    REMOVE_COLLATERAL
}

enum PriceRequest {
    MARKET_OPEN,
    MARKET_CLOSE,
    LIMIT_OPEN,
    LIMIT_CLOSE,
    REMOVE_COLLATERAL
}

enum CancelReason {
    NONE,
    PAUSED,
    MARKET_CLOSED,
    SLIPPAGE,
    TP_REACHED,
    SL_REACHED,
    EXPOSURE_LIMITS,
    PRICE_IMPACT,
    MAX_LEVERAGE,
    NO_TRADE,
    UNDER_LIQUIDATION,
    NOT_HIT,
    GAIN_LOSS,
    DAY_TRADE_NOT_ALLOWED,
    CLOSE_DAY_TRADE_NOT_ALLOWED
}

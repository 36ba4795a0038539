import { Interface } from 'ethers';

/**
 * The parts of Ostium's interface that are used here. Source: PyPI `ostium-python-sdk` 3.3.1 (MIT),
 * `ostium_python_sdk/abi/{trading,callbacks,trading_storage}_abi.py`; `Registry` and ERC-20 errors from the public
 * contracts (0xOstium/smart-contracts-public, MIT).
 */
const TRADE =
  'tuple(uint256 collateral, uint192 openPrice, uint192 tp, uint192 sl, address trader, uint32 leverage, uint16 pairIndex, uint8 index, bool buy, bool isDayTrade)';
const PENDING_ORDER = `tuple(uint256 block, uint192 wantedPrice, uint32 slippageP, ${TRADE} trade, uint16 percentage)`;

export const TRADING = new Interface([
  `function openTrade(${TRADE} t, tuple(address builder, uint32 builderFee) bf, uint8 orderType, uint256 slippageP)`,
  'function closeTradeMarket(uint16 pairIndex, uint8 index, uint16 closePercentage, uint192 marketPrice, uint32 slippageP)',
  'function updateTp(uint16 pairIndex, uint8 index, uint192 newTp)',
  'function updateSl(uint16 pairIndex, uint8 index, uint192 newSl)',
  'function openTradeMarketTimeout(uint256 _order)',
  'function closeTradeMarketTimeout(uint256 _order, bool retry)',
  'function setDelegate(address delegate)',
  'function removeDelegate()',
  'function delegatedAction(address trader, bytes call_data) returns (bytes)',
  'function delegations(address delegator) view returns (address)',
  'function marketOrdersTimeout() view returns (uint16)',
  'function registry() view returns (address)',
  'event MarketOpenOrderInitiated(uint256 indexed orderId, address indexed trader, uint16 indexed pairIndex)',
  'event MarketCloseOrderInitiatedV2(uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, uint16 pairIndex, uint16 closePercentage)',
  'event AutomationCloseOrderInitiated(uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, uint16 pairIndex, uint8 orderType)',
  'event SlUpdated(uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex, uint8 index, uint192 newSl)',
  'event TpUpdated(uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex, uint8 index, uint192 newTp)',
  'event TopUpCollateralExecuted(uint256 indexed tradeId, address indexed trader, uint16 indexed pairIndex, uint256 topUpAmount, uint32 newLeverage)',
  `event MarketOpenTimeoutExecutedV2(uint256 indexed orderId, ${PENDING_ORDER} order)`,
  `event MarketCloseTimeoutExecutedV2(uint256 indexed orderId, uint256 indexed tradeId, ${PENDING_ORDER} order)`,
]);

export const CALLBACKS = new Interface([
  `event MarketOpenExecuted(uint256 indexed orderId, ${TRADE} t, uint256 priceImpactP, uint256 tradeNotional)`,
  `event LimitOpenExecuted(uint256 indexed orderId, uint256 limitIndex, ${TRADE} t, uint256 priceImpactP, uint256 tradeNotional)`,
  'event MarketOpenCanceled(uint256 indexed orderId, address indexed trader, uint256 indexed pairIndex, uint8 cancelReason)',
  'event MarketCloseExecutedV2(uint256 indexed orderId, uint256 indexed tradeId, uint256 price, uint256 priceImpactP, int256 percentProfit, uint256 usdcSentToTrader, uint256 percentageClosed)',
  'event MarketCloseCanceled(uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, uint256 pairIndex, uint256 index, uint8 cancelReason)',
  'event LimitCloseExecuted(uint256 indexed orderId, uint256 indexed tradeId, uint8 orderType, uint256 price, uint256 priceImpactP, int256 percentProfit, uint256 usdcSentToTrader)',
  'event FeesChargedV2(uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, int256 rolloverFees, int256 fundingFees)',
  'event RemoveCollateralExecuted(uint256 indexed orderId, uint256 indexed tradeId, address indexed trader, uint16 pairIndex, uint256 removeAmount, uint32 leverage, uint192 tp, uint192 sl)',
  'event OracleFeeCharged(uint256 indexed tradeId, address indexed trader, uint256 amount)',
]);

export const STORAGE = new Interface([
  `function getOpenTrade(address _trader, uint16 _pairIndex, uint8 _index) view returns (${TRADE})`,
  'function getOpenTradeInfo(address _trader, uint16 _pairIndex, uint8 _index) view returns (tuple(uint256 tradeId, uint256 oiNotional, uint32 initialLeverage, uint32 tpLastUpdated, uint32 slLastUpdated, uint32 createdAt, bool deprecatedBeingMarketClosed))',
  'function openTradesCount(address trader, uint16 pairIndex) view returns (uint32)',
  'function maxTradesPerPair() view returns (uint8)',
  `function reqID_pendingMarketOrder(uint256 orderId) view returns (uint256 block, uint192 wantedPrice, uint32 slippageP, ${TRADE} trade, uint16 percentage)`,
]);

export const REGISTRY = new Interface(['function getContractAddress(bytes32 name) view returns (address)']);

export const USDC = new Interface([
  'function balanceOf(address account) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 value) returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
]);

/** Why the contracts revert: those of Trading and Delegatable, and what ERC-20 tokens say of a transfer. */
export const REVERTS = new Interface([
  'error AboveMaxAllowedCollateral()',
  'error AlreadyMarketClosed(address trader, uint16 pairIndex, uint8 index)',
  'error BelowFees()',
  'error BelowMinLevPos()',
  'error DelegateForbidden()',
  'error DelegatedActionFailed()',
  'error ExposureLimits()',
  'error InvalidCallData()',
  'error IsDone()',
  'error IsPaused()',
  'error MaxPendingMarketOrdersReached(address trader)',
  'error MaxTradesPerPairReached(address trader, uint16 pairIndex)',
  'error NoDelegate(address a)',
  'error NoTradeFound(address trader, uint16 pairIndex, uint8 index)',
  'error NoTradeToTimeoutFound(uint256 orderId)',
  'error NotCloseMarketTimeoutOrder(uint256 orderId)',
  'error NotDelegate(address trader, address caller)',
  'error NotOpenMarketTimeoutOrder(uint256 orderId)',
  'error NotYourOrder(uint256 orderId, address trader)',
  'error PairNotListed(uint16 index)',
  'error TriggerPending(address sender, uint16 pairIndex, uint8 index)',
  'error WaitTimeout(uint256 orderId)',
  'error WrongLeverage(uint32 leverage)',
  'error WrongParams()',
  'error WrongSL()',
  'error WrongTP()',
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
]);

// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';

/// What holding a trade costs, what it is worth, and when it is liquidated. Funding is always 0: all carrying
/// costs accrue as rollover, per block, of either sign and by side.
contract PairInfos is Registered {
    error NotCallbacks(address a);

    event TradeInitialAccFeesStoredV2(
        uint256 indexed tradeId,
        address indexed trader,
        uint16 indexed pairIndex,
        uint8 index,
        int256 rollover,
        bool isRolloverSignNegative,
        int256 funding
    );
    event RolloverRateSet(
        uint16 indexed pairIndex, int256 accLong, int256 accShort, int256 perBlockLong, int256 perBlockShort, uint256 blockNumber
    );

    struct OpeningFees {
        uint32 makerFeeP; // 1e6 of a percent
        uint32 takerFeeP;
        uint32 usageFeeP;
        uint16 utilizationThresholdP;
        uint16 makerMaxLeverage;
        uint8 vaultFeePercent;
    }

    /// Fees per unit of notional, 1e18.
    struct Rollover {
        int256 accLong;
        int256 accShort;
        int256 perBlockLong;
        int256 perBlockShort;
        uint256 lastUpdateBlock;
    }

    uint8 public liqMarginThresholdP;
    uint8 public maxNegativePnlOnOpenP;
    mapping(uint16 => OpeningFees) public pairOpeningFees;
    mapping(uint16 => Rollover) public pairRollover;
    mapping(address => mapping(uint16 => mapping(uint8 => int256))) private initialRollover;

    function initialize(address _registry, uint8 _liqMarginThresholdP, uint8 _maxNegativePnlOnOpenP) external {
        _register(_registry);
        liqMarginThresholdP = _liqMarginThresholdP;
        maxNegativePnlOnOpenP = _maxNegativePnlOnOpenP;
    }

    function setPairOpeningFees(uint16 pairIndex, OpeningFees calldata value) external onlyGov {
        pairOpeningFees[pairIndex] = value;
    }

    function setRolloverPerBlock(uint16 pairIndex, int256 long, int256 short) external onlyGov {
        Rollover storage r = pairRollover[pairIndex];
        (r.accLong, r.accShort) = (getPendingAccRolloverFees(pairIndex, true), getPendingAccRolloverFees(pairIndex, false));
        (r.perBlockLong, r.perBlockShort, r.lastUpdateBlock) = (long, short, block.number);
        emit RolloverRateSet(pairIndex, r.accLong, r.accShort, long, short, block.number);
    }

    function storeTradeInitialAccFees(uint256 tradeId, address trader, uint16 pairIndex, uint8 index, bool long)
        external
    {
        if (msg.sender != _at('callbacks')) revert NotCallbacks(msg.sender);
        int256 rollover = getPendingAccRolloverFees(pairIndex, long);
        initialRollover[trader][pairIndex][index] = rollover;
        emit TradeInitialAccFeesStoredV2(tradeId, trader, pairIndex, index, rollover, rollover < 0, 0);
    }

    function getPendingAccRolloverFees(uint16 pairIndex, bool long) public view returns (int256) {
        Rollover storage r = pairRollover[pairIndex];
        int256 blocks = int256(block.number - r.lastUpdateBlock);
        return long ? r.accLong + blocks * r.perBlockLong : r.accShort + blocks * r.perBlockShort;
    }

    function getTradeInitialAccRolloverFeesPerCollateral(address trader, uint16 pairIndex, uint8 index)
        external
        view
        returns (int256)
    {
        return initialRollover[trader][pairIndex][index];
    }

    /// Splits the fee of opening `notional` (1e6) between developers and vault.
    function getOpeningFee(uint16 pairIndex, uint256 notional) external view returns (uint256 devFee, uint256 vaultFee) {
        OpeningFees storage f = pairOpeningFees[pairIndex];
        uint256 fee = notional * f.takerFeeP / 1e6 / 100;
        vaultFee = fee * f.vaultFeePercent / 100;
        devFee = fee - vaultFee;
    }

    function getTradeRolloverFee(
        address trader,
        uint16 pairIndex,
        uint8 index,
        bool long,
        uint256 collateral,
        uint32 leverage
    ) public view returns (int256) {
        int256 accrued = getPendingAccRolloverFees(pairIndex, long) - initialRollover[trader][pairIndex][index];
        return accrued * int256(collateral) * int256(uint256(leverage)) / 1e18 / 100;
    }

    function getTradeLiquidationMargin(uint256 collateral, uint32 leverage, uint32 maxLeverage)
        public
        view
        returns (uint256)
    {
        return collateral * (uint256(liqMarginThresholdP) * 1e6 * leverage / maxLeverage) / 1e8;
    }

    /// Value of `collateral` out of a trade, 0 where it is to be liquidated. `percentProfit` is 1e6 of a percent.
    function getTradeValue(
        address trader,
        uint16 pairIndex,
        uint8 index,
        bool long,
        uint256 collateral,
        uint32 leverage,
        int256 percentProfit,
        uint32 maxLeverage
    ) external view returns (uint256 tradeValue, uint256 liqMarginValue, int256 rollover, int256 funding) {
        rollover = getTradeRolloverFee(trader, pairIndex, index, long, collateral, leverage);
        liqMarginValue = getTradeLiquidationMargin(collateral, leverage, maxLeverage);
        int256 value = int256(collateral) + int256(collateral) * percentProfit / 1e8 - rollover;
        tradeValue = value <= int256(liqMarginValue) ? 0 : uint256(value);
        funding = 0;
    }

    function getTradeLiquidationPrice(
        address trader,
        uint16 pairIndex,
        uint8 index,
        uint256 openPrice,
        bool long,
        uint256 collateral,
        uint32 leverage,
        uint32 maxLeverage
    ) external view returns (uint256) {
        int256 left = int256(collateral) - int256(getTradeLiquidationMargin(collateral, leverage, maxLeverage))
            - getTradeRolloverFee(trader, pairIndex, index, long, collateral, leverage);
        int256 distance = int256(openPrice) * left / int256(collateral) * 100 / int256(uint256(leverage));
        int256 price = long ? int256(openPrice) - distance : int256(openPrice) + distance;
        return price > 0 ? uint256(price) : 0;
    }
}

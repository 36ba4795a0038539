// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';

struct Pair {
    bytes32 from;
    bytes32 to;
    bytes32 feed;
    uint64 tradeSizeRef;
    uint32 overnightMaxLeverage; // 1e2; 0: no limit over night
    uint32 maxLeverage; // 1e2; counts where its group has none
    uint8 groupIndex;
    uint8 feeIndex;
    string oracle;
}

struct Group {
    bytes32 name;
    uint32 maxLeverage;
    uint16 minLeverage;
    uint16 maxCollateralP;
}

struct Fee {
    bytes32 name;
    uint64 minLevPos; // least notional of a trade, 1e6
    uint64 oracleFee; // 1e6
    uint16 liqFeeP;
}

/// The pairs that can be traded and the rules they share by group.
contract PairsStorage is Registered {
    error NotAuthorized(address a);
    error PairNotListed(uint256 index);

    event PairAdded(uint16 index, bytes32 from, bytes32 to);
    event PairRemoved(uint16 index, bytes32 from, bytes32 to);

    uint16 public pairsCount;
    mapping(uint16 => Pair) public pairs;
    mapping(uint8 => Group) public groups;
    mapping(uint8 => Fee) public fees;
    mapping(uint16 => bool) public isPairIndexListed;
    mapping(uint8 => uint256[2]) public groupsCollaterals;
    uint256 public groupMaxCollateralUsdc;

    function initialize(address _registry, uint256 _groupMaxCollateralUsdc) external {
        _register(_registry);
        groupMaxCollateralUsdc = _groupMaxCollateralUsdc;
    }

    function setGroup(uint8 id, Group calldata group) external onlyGov {
        groups[id] = group;
    }

    function setFee(uint8 id, Fee calldata fee) external onlyGov {
        fees[id] = fee;
    }

    function setPair(uint16 index, Pair calldata pair, bool listed) external onlyGov {
        pairs[index] = pair;
        if (index >= pairsCount) pairsCount = index + 1;
        emit PairAdded(index, pair.from, pair.to);
        _list(index, listed);
    }

    /// Keeps the pair's rules, so that trades open on it can still be closed.
    function setListed(uint16 index, bool listed) external onlyGov {
        _list(index, listed);
    }

    function updateGroupCollateral(uint16 index, uint256 amount, bool long, bool increase) external {
        if (msg.sender != _at('callbacks') && msg.sender != _at('trading')) revert NotAuthorized(msg.sender);
        uint256[2] storage held = groupsCollaterals[pairs[index].groupIndex];
        uint256 side = long ? 0 : 1;
        held[side] = increase ? held[side] + amount : held[side] - amount;
    }

    function groupCollateral(uint16 index, bool long) external view returns (uint256) {
        return groupsCollaterals[pairs[index].groupIndex][long ? 0 : 1];
    }

    function groupMaxCollateral(uint16 index) external view returns (uint256) {
        return groupMaxCollateralUsdc * groups[pairs[index].groupIndex].maxCollateralP / 100e2;
    }

    function pairMaxLeverage(uint16 index) external view returns (uint32) {
        uint32 ofGroup = groups[pairs[index].groupIndex].maxLeverage;
        return ofGroup == 0 ? pairs[index].maxLeverage : ofGroup;
    }

    function pairMinLeverage(uint16 index) external view returns (uint16) {
        return groups[pairs[index].groupIndex].minLeverage;
    }

    function pairOvernightMaxLeverage(uint16 index) external view returns (uint32) {
        return pairs[index].overnightMaxLeverage;
    }

    function pairMinLevPos(uint16 index) external view returns (uint64) {
        return fees[pairs[index].feeIndex].minLevPos;
    }

    function pairOracleFee(uint16 index) external view returns (uint64) {
        return fees[pairs[index].feeIndex].oracleFee;
    }

    function pairFeed(uint16 index) external view returns (bytes32) {
        return pairs[index].feed;
    }

    function oracle(uint16 index) external view returns (string memory) {
        return pairs[index].oracle;
    }

    function pairsBackend(uint16 index) external view returns (Pair memory, Group memory, Fee memory) {
        Pair memory pair = pairs[index];
        return (pair, groups[pair.groupIndex], fees[pair.feeIndex]);
    }

    function _list(uint16 index, bool listed) private {
        bool was = isPairIndexListed[index];
        isPairIndexListed[index] = listed;
        if (was && !listed) emit PairRemoved(index, pairs[index].from, pairs[index].to);
    }
}

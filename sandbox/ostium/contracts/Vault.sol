// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';
import {Usdc} from './Usdc.sol';

/// The other side of every trade: pays winners, keeps what losers leave.
contract Vault is Registered {
    error NotCallbacks(address a);

    function initialize(address _registry) external {
        _register(_registry);
    }

    function sendAssets(uint256 amount, address receiver) external {
        if (msg.sender != _at('callbacks')) revert NotCallbacks(msg.sender);
        Usdc(_at('usdc')).transfer(receiver, amount);
    }
}

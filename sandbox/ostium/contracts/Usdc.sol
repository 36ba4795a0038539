// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Registered} from './Registry.sol';

/// The sandbox's dollars: an ERC-20 of six decimals that its administrator mints.
contract Usdc is Registered {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    string public constant name = 'USD Coin';
    string public constant symbol = 'USDC';
    uint8 public constant decimals = 6;

    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function initialize(address _registry) external {
        _register(_registry);
    }

    function mint(address to, uint256 amount) external {
        if (msg.sender != registry.gov() && msg.sender != _at('faucet')) revert NotGov(msg.sender);
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        require(allowed >= amount, 'ERC20: transfer amount exceeds allowance');
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        _move(from, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) private {
        require(to != address(0), 'ERC20: transfer to the zero address');
        require(balanceOf[from] >= amount, 'ERC20: transfer amount exceeds balance');
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}

/// Gives anyone a fixed sum of test dollars once in a while.
contract Faucet is Registered {
    error NotAllowed();

    uint256 public tokenAmount;
    uint256 public waitTime;
    mapping(address => uint256) public nextRequestTime;

    function initialize(address _registry, uint256 amount, uint256 waitSeconds) external {
        _register(_registry);
        tokenAmount = amount;
        waitTime = waitSeconds;
    }

    function token() external view returns (address) {
        return _at('usdc');
    }

    function requestTokens() external {
        if (block.timestamp < nextRequestTime[msg.sender]) revert NotAllowed();
        nextRequestTime[msg.sender] = block.timestamp + waitTime;
        Usdc(_at('usdc')).mint(msg.sender, tokenAmount);
    }
}

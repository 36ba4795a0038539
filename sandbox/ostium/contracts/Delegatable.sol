// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

/// Lets one other account act for a trader. Whatever the delegate sends runs as if the trader had sent it.
abstract contract Delegatable {
    error DelegateForbidden();
    error DelegateReentrant();
    error DelegatedActionFailed();
    error InvalidCallData();
    error NoDelegate(address a);
    error NotDelegate(address trader, address caller);
    error NullAddr();

    event DelegateAdded(address indexed delegator, address indexed delegate);
    event DelegateRemoved(address indexed delegator, address indexed delegate);

    mapping(address delegator => address) public delegations;
    address private actingFor;

    function setDelegate(address delegate) external {
        if (delegate == address(0)) revert NullAddr();
        delegations[msg.sender] = delegate;
        emit DelegateAdded(msg.sender, delegate);
    }

    function removeDelegate() external {
        address delegate = delegations[msg.sender];
        if (delegate == address(0)) revert NoDelegate(msg.sender);
        delete delegations[msg.sender];
        emit DelegateRemoved(msg.sender, delegate);
    }

    /// Reverts with DelegatedActionFailed whatever the reason inside was.
    function delegatedAction(address trader, bytes calldata call_data) external returns (bytes memory) {
        if (delegations[trader] != msg.sender) revert NotDelegate(trader, msg.sender);
        if (actingFor != address(0)) revert DelegateReentrant();
        if (call_data.length < 4) revert InvalidCallData();
        bytes4 selector = bytes4(call_data[:4]);
        if (
            selector == this.setDelegate.selector || selector == this.removeDelegate.selector
                || selector == this.delegatedAction.selector
        ) revert DelegateForbidden();
        actingFor = trader;
        (bool success, bytes memory result) = address(this).delegatecall(call_data);
        actingFor = address(0);
        if (!success) revert DelegatedActionFailed();
        return result;
    }

    function _msgSender() public view returns (address) {
        return actingFor == address(0) ? msg.sender : actingFor;
    }
}

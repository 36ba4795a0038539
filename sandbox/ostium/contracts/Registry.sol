// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

/// Finds the venue's contracts by name, and says who may administer them.
contract Registry {
    error NotGov(address a);

    address public gov;
    mapping(bytes32 => address) private contracts;

    function initialize(address _gov, bytes32[] calldata names, address[] calldata addresses) external {
        if (gov != address(0)) revert NotGov(msg.sender);
        gov = _gov;
        for (uint256 i = 0; i < names.length; i++) contracts[names[i]] = addresses[i];
    }

    function manager() external view returns (address) {
        return gov;
    }

    function getContractAddress(bytes32 name) external view returns (address) {
        return contracts[name];
    }
}

/// What every contract of the venue shares: the registry, and reading the others from it.
abstract contract Registered {
    error NotGov(address a);
    error WrongParams();

    Registry public registry;

    modifier onlyGov() {
        if (msg.sender != registry.gov()) revert NotGov(msg.sender);
        _;
    }

    function _register(address _registry) internal {
        if (address(registry) != address(0) || _registry == address(0)) revert WrongParams();
        registry = Registry(_registry);
    }

    function _at(bytes32 name) internal view returns (address) {
        return registry.getContractAddress(name);
    }
}

import { describeConformance } from '#tests/conformance/suite.ts';
import { startHyperliquidRig } from '#tests/conformance/rigs/hyperliquid.ts';

describeConformance('hyperliquid', startHyperliquidRig);

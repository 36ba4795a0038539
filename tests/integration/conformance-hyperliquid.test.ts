import { describeConformance } from '#tests/conformance/suite.ts';
import { startHyperliquidHarness } from '#tests/conformance/harnesses/hyperliquid.ts';

describeConformance('hyperliquid', startHyperliquidHarness);

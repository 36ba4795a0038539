import { describeConformance } from '#tests/conformance/suite.ts';
import { startOstiumHarness } from '#tests/conformance/harnesses/ostium.ts';

describeConformance('ostium', startOstiumHarness);

import { describeConformance } from '#tests/conformance/suite.ts';
import { startOstiumRig } from '#tests/conformance/rigs/ostium.ts';

describeConformance('ostium', startOstiumRig);

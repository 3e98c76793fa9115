import { sabotageSuite } from './suite.ts';

sabotageSuite(16);

export { assessSamples as assess } from '../sampling/assess.ts';

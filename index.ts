/**
 * What an adopter’s own collectors import from `candor`. `z` is the very zod that the schemas are made of, so that a
 * collector needs no dependency of its own.
 */
export { z } from 'zod';
export {
  type Assessment,
  type Check,
  type CollectContext,
  type Collector,
  type Diagnosis,
  defineCollector,
  type Known,
  SourceUnreadable,
} from './collectors/define.ts';
export * from './schemas/index.ts';

import { Instant } from '../../schemas/index.ts';

/** An instant from outside, in an address for example, that PostgreSQL can hold: it has no year 0. */
export const Moment = Instant.refine((text) => !text.startsWith('0000'));

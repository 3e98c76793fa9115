import { z } from 'zod';
import { RequestForm } from './request.ts';

/** What somebody fills in to object to a change of subprocessors. */
export const ObjectionForm = z
  .strictObject({
    reason: RequestForm.shape.message.unwrap().meta({ description: 'Why, in the customer’s own words.' }),
  })
  .meta({ id: 'ObjectionForm', description: 'Why a customer objects to a change of subprocessors.' });
export type ObjectionForm = z.infer<typeof ObjectionForm>;

/** Where an objection stands. */
export const ObjectionState = z
  .enum(['received', 'settled'])
  .meta({ description: 'Received, and settled by a person; there is nothing between.' });
export type ObjectionState = z.infer<typeof ObjectionState>;

/** How an objection was settled. */
export const ObjectionOutcome = z
  .enum(['accommodated', 'change-dropped', 'agreement-ends', 'declined', 'withdrawn'])
  .meta({
    description:
      'Another way was found for this customer; the change is not made; the agreement ends in the part concerned; the change stays; the customer took it back.',
  });
export type ObjectionOutcome = z.infer<typeof ObjectionOutcome>;

/** What a person fills in to settle an objection. `answer` goes to the customer. */
export const SettlementForm = z
  .strictObject({
    outcome: ObjectionOutcome,
    answer: RequestForm.shape.message.unwrap().meta({ description: 'What the customer is written.' }),
  })
  .meta({ id: 'SettlementForm', description: 'How an objection is settled, and what the customer is told.' });
export type SettlementForm = z.infer<typeof SettlementForm>;

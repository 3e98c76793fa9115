import { z } from 'zod';
import type { Item } from '../../posture/sampling/attributes.ts';

const Login = z.object({ login: z.string() }).nullable();

/** A merged pull request as far as it says whether it belongs to the population. */
export const Listed = z.object({ number: z.int(), mergedAt: z.string().nullable() });
export const listedFields = 'number mergedAt';

/** The same with what is tested. */
export const Pull = Listed.extend({
  title: z.string(),
  body: z.string(),
  author: Login,
  mergedBy: Login,
  baseRefName: z.string(),
  createdAt: z.string(),
  reviews: z.object({
    totalCount: z.int(),
    nodes: z.array(
      z
        .object({
          author: Login,
          state: z.string(),
          submittedAt: z.string().nullable(),
          authorCanPushToRepository: z.boolean(),
        })
        .nullable(),
    ),
  }),
});
export type Pull = z.infer<typeof Pull>;
export const testedFields = `${listedFields} title body author { login } mergedBy { login } baseRefName createdAt
  reviews(last: 100) { totalCount nodes { author { login } state submittedAt authorCanPushToRepository } }`;

/** The fields of a pull request, by the names under which they are declared. */
export function itemOf(pull: Pull): Item {
  const approval = approvalOf(pull);
  return {
    number: String(pull.number),
    title: pull.title,
    body: pull.body,
    author: pull.author?.login ?? null,
    base: pull.baseRefName,
    createdAt: pull.createdAt,
    mergedAt: pull.mergedAt,
    mergedBy: pull.mergedBy?.login ?? null,
    approver: approval?.by ?? null,
    approvedAt: approval?.at ?? null,
  };
}

/** The last word before the merge counts of each who may write; of a public repository anybody can approve. */
function approvalOf({ author, mergedAt, reviews }: Pull): { by: string; at: string } | undefined {
  const words = new Map<string, { by: string; at: string; approved: boolean }>();
  for (const { author: by, submittedAt: at, state, authorCanPushToRepository } of reviews.nodes.filter(
    (review) => review !== null,
  )) {
    const isLate = at === null || mergedAt === null || Date.parse(at) > Date.parse(mergedAt);
    if (by === null || isLate || !authorCanPushToRepository || state === 'COMMENTED' || state === 'PENDING') continue;
    words.set(by.login.toLowerCase(), { by: by.login, at, approved: state === 'APPROVED' });
  }
  words.delete(author?.login.toLowerCase() ?? '');
  const approvals = [...words.values()].filter(({ approved }) => approved);
  return approvals.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
}

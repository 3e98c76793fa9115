import { createHash } from 'node:crypto';
import { z } from 'zod';
import { candorError, type Digest, Id, WebUrl } from '../../schemas/index.ts';

const own = {
  id: Id,
  url: WebUrl.refine((value) => {
    const url = URL.parse(value);
    return url !== null && url.username === '' && url.password === '';
  }, 'must hold no user and no password'),
  events: z.array(z.string()).min(1).optional().meta({ description: 'The types that it hears of; all when left out.' }),
};

/** A key as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in Base64. */
const Secret = z.string().refine((value) => {
  const key = value.startsWith('whsec_') ? value.slice('whsec_'.length) : '';
  const bytes = Buffer.from(key, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === key;
}, 'must be whsec_ and 24 to 64 bytes in Base64');

/** Who hears of events: whoever verifies Standard Webhooks, or a chat with incoming webhooks as Slack has them. */
export const Endpoint = z.discriminatedUnion('kind', [
  z.strictObject({
    ...own,
    kind: z.literal('standard'),
    secrets: z
      .array(Secret)
      .min(1)
      .max(5)
      .meta({ description: 'Each event is signed with all of them, so that one can be replaced by the next.' }),
  }),
  z.strictObject({ ...own, kind: z.literal('slack') }),
]);
export type Endpoint = z.infer<typeof Endpoint>;

/** The endpoints that are declared. Throws EndpointRefused, which never holds a URL or a secret. */
export function endpointsOf(values: readonly unknown[]): Endpoint[] {
  const endpoints = values.map((value, index) => {
    const parsed = Endpoint.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const id = z.object({ id: Id }).safeParse(value).data?.id ?? `${index + 1}`;
    const field = issue?.path[0] === undefined ? '' : `\`${String(issue.path[0])}\` `;
    const problem = issue?.code === 'custom' || issue?.code === 'invalid_format' ? issue.message : 'is not right';
    throw candorError('EndpointRefused', { endpoint: id, problem: `${field}${problem}` });
  });
  const twice = endpoints.find(({ id }, index) => endpoints.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined)
    throw candorError('EndpointRefused', { endpoint: twice.id, problem: 'another one has this id' });
  return endpoints;
}

/** What an endpoint that is gone is known by: an incoming webhook's URL is a secret itself. */
export function urlDigestOf({ url }: Pick<Endpoint, 'url'>): Digest {
  return createHash('sha256').update(url).digest('hex');
}

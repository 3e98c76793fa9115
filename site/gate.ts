import type { APIContext, MiddlewareNext } from 'astro';
import { troubleOf } from '../intake/trouble.ts';
import { readForm, readOneClick } from '../intake/web/body.ts';
import { formHeaders } from '../intake/web/headers.ts';
import type { Held } from '../intake/web/limits.ts';
import { isMultipart, readMultipart } from '../intake/web/multipart.ts';
import { originOf } from '../intake/web/origin.ts';
import { Refusal, type RefusalName, refusals } from '../intake/web/refusal.ts';
import { formCookie, isTokenOf, newCookieValue, TOKEN_FIELD, tokenOf } from '../intake/web/token.ts';
import { link } from './links.ts';
import { signedIn } from './staff.ts';

/** Posts that mail programs send by themselves, without cookie and origin (RFC 8058, 3.1); their secret is all they have. */
const oneClick = /^\/subscriptions\/end\/[^/]+\/$/;

/** Posts of the staff side but for signing in: not counted, for an office answers more in ten minutes; each needs a session. */
const staffSide = /^\/inbox\/(?!sign-in\/)/;

/** Forms that may come with files, which may be large; and those of them without proof of work. */
const large = /^\/(?:inbox\/)?reports\//;
const withoutWork = /^\/reports\/(?:message|plain)\//;

/** When one may try again, in seconds; and what is answered before all of a form was read. */
const retryAfter: Readonly<Partial<Record<RefusalName, number>>> = {
  'too-many': 600,
  'too-many-plain': 3600,
  'too-many-answers': 3600,
  busy: 60,
};
const unread: ReadonlySet<RefusalName> = new Set(['too-large', 'not-a-form', 'too-slow', 'busy', 'no-token']);

/** Every request to a form goes through here: what is posted is checked before a page sees it, and what fails becomes a page. */
export async function onRequest(context: APIContext, next: MiddlewareNext): Promise<Response> {
  if (!['GET', 'HEAD', 'POST'].includes(context.request.method))
    return secured(new Response(null, { status: 405, headers: { Allow: 'GET, HEAD, POST' } }));
  const path = pathOf(context.url);
  const { desk, visitor } = context.locals;
  const held = desk?.limits.large(withoutWork.test(path) ? 'without-work' : 'with-work', visitor);
  try {
    await admit(context, held);
    return secured(await next());
  } catch (error) {
    const refused =
      error instanceof Error && error.name === 'Refusal' && 'refused' in error ? error.refused : undefined;
    const name = isRefusalName(refused) ? refused : 'unavailable';
    if (refused === undefined) context.locals.onTrouble(troubleOf(error));
    return refuse(context, next, name);
  } finally {
    held?.leave();
  }
}

async function admit({ cookies, locals, request, url }: APIContext, held: Held | undefined): Promise<void> {
  if (locals.desk === undefined || held === undefined) throw new Refusal('unavailable');
  // PostgreSQL holds no such character, so nothing has this address.
  if (url.href.includes('%00')) throw new Refusal('unknown');
  const own = locals.desk.head.url;
  const { name, options } = formCookie(own);
  const had = cookies.get(name)?.value;
  const cookie = had !== undefined && /^[\w-]{43}$/.test(had) ? had : newCookieValue();
  if (cookie !== had) cookies.set(name, cookie, options);
  locals.token = tokenOf(cookie);
  locals.form = undefined;
  if (request.method !== 'POST') return;
  const path = pathOf(url);
  const may = oneClick.test(path) ? await readOneClick(request) : undefined;
  // Not counted: the mail programs of thousands come from few networks.
  if (may?.get('List-Unsubscribe') === 'One-Click') {
    locals.form = may;
    return;
  }
  if (!staffSide.test(path)) locals.desk.limits.form(locals.visitor);
  if (originOf(request.headers, own) === 'foreign') throw new Refusal('foreign');
  const hasFiles = large.test(path) && isMultipart(request);
  // What is not counted and may be large is read for those alone who are signed in.
  if (hasFiles && staffSide.test(path) && (await signedIn({ cookies, locals })) === undefined)
    throw new Refusal('no-token');
  const sent = hasFiles ? await readMultipart(request, held) : undefined;
  const form = sent?.form ?? may ?? (await readForm(request));
  if (!isTokenOf(form.get(TOKEN_FIELD), had)) throw new Refusal('no-token');
  locals.form = form;
  locals.files = sent?.files;
}

function pathOf(url: URL): string {
  return url.pathname.slice(link('/').length - 1);
}

async function refuse(context: APIContext, next: MiddlewareNext, name: RefusalName): Promise<Response> {
  context.locals.refused = name;
  const { status } = refusals[name];
  const isReport = large.test(pathOf(context.url));
  if (isReport) context.locals.house = { ...context.locals.house, contact: context.locals.house.reports };
  // A script of ours asks, and shows what it means.
  if (isReport && context.request.headers.get('accept')?.includes('application/json')) {
    const { contact } = context.locals.house;
    return closing(name, secured(Response.json({ problem: name, contact }, { status })));
  }
  try {
    const page = await next(new Request(new URL(link('/refused/'), context.url), { method: 'GET' }));
    return closing(name, secured(new Response(page.body, { status, headers: page.headers })));
  } catch (error) {
    // Without its page it is said in plain text: never an error that shows the address, which may be a secret.
    context.locals.onTrouble(troubleOf(error));
    const { title, text } = refusals[name];
    return closing(name, secured(new Response(`${title}\n\n${text}\n${context.locals.house.contact}\n`, { status })));
  }
}

function closing(name: RefusalName, response: Response): Response {
  const seconds = retryAfter[name];
  if (seconds !== undefined) response.headers.set('Retry-After', String(seconds));
  // What was too long is not read to its end.
  if (unread.has(name)) response.headers.set('Connection', 'close');
  return response;
}

function secured(response: Response): Response {
  if (response.headers.get('Content-Type') === 'text/html')
    response.headers.set('Content-Type', 'text/html; charset=utf-8');
  for (const [name, value] of Object.entries(formHeaders)) response.headers.set(name, value);
  return response;
}

function isRefusalName(name: unknown): name is RefusalName {
  return typeof name === 'string' && Object.hasOwn(refusals, name);
}

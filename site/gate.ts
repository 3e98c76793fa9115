import type { APIContext, MiddlewareNext } from 'astro';
import { troubleOf } from '../intake/trouble.ts';
import { readForm, readOneClick } from '../intake/web/body.ts';
import { formHeaders } from '../intake/web/headers.ts';
import { originOf } from '../intake/web/origin.ts';
import { Refusal, type RefusalName, refusals } from '../intake/web/refusal.ts';
import { formCookie, isTokenOf, newCookieValue, TOKEN_FIELD, tokenOf } from '../intake/web/token.ts';
import { link } from './links.ts';

/** Posts that mail programs send by themselves, without cookie and origin (RFC 8058, 3.1); their secret is all they have. */
const oneClick = /^\/subscriptions\/end\/[^/]+\/$/;

/** Posts of the staff side but for signing in: not counted, for an office answers more in ten minutes; each needs a session. */
const staffSide = /^\/inbox\/(?!sign-in\/)/;

/** Every request to a form goes through here: what is posted is checked before a page sees it, and what fails becomes a page. */
export async function onRequest(context: APIContext, next: MiddlewareNext): Promise<Response> {
  if (!['GET', 'HEAD', 'POST'].includes(context.request.method))
    return secured(new Response(null, { status: 405, headers: { Allow: 'GET, HEAD, POST' } }));
  try {
    await admit(context);
    return secured(await next());
  } catch (error) {
    const refused =
      error instanceof Error && error.name === 'Refusal' && 'refused' in error ? error.refused : undefined;
    const name = isRefusalName(refused) ? refused : 'unavailable';
    if (refused === undefined) context.locals.onTrouble(troubleOf(error));
    return refuse(context, next, name);
  }
}

async function admit({ cookies, locals, request, url }: APIContext): Promise<void> {
  if (locals.desk === undefined) throw new Refusal('unavailable');
  const own = locals.desk.head.url;
  const { name, options } = formCookie(own);
  const held = cookies.get(name)?.value;
  const cookie = held !== undefined && /^[\w-]{43}$/.test(held) ? held : newCookieValue();
  if (cookie !== held) cookies.set(name, cookie, options);
  locals.token = tokenOf(cookie);
  locals.form = undefined;
  if (request.method !== 'POST') return;
  const path = url.pathname.slice(link('/').length - 1);
  const may = oneClick.test(path) ? await readOneClick(request) : undefined;
  // Not counted: the mail programs of thousands come from few networks.
  if (may?.get('List-Unsubscribe') === 'One-Click') {
    locals.form = may;
    return;
  }
  if (!staffSide.test(path)) locals.desk.limits.form(locals.visitor);
  if (originOf(request.headers, own) === 'foreign') throw new Refusal('foreign');
  const form = may ?? (await readForm(request));
  if (!isTokenOf(form.get(TOKEN_FIELD), held)) throw new Refusal('no-token');
  locals.form = form;
}

async function refuse(context: APIContext, next: MiddlewareNext, name: RefusalName): Promise<Response> {
  context.locals.refused = name;
  const { status } = refusals[name];
  const page = await next(new Request(new URL(link('/refused/'), context.url), { method: 'GET' }));
  const response = secured(new Response(page.body, { status, headers: page.headers }));
  if (name === 'too-many') response.headers.set('Retry-After', '600');
  // What was too long is not read to its end.
  if (name === 'too-large' || name === 'not-a-form') response.headers.set('Connection', 'close');
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

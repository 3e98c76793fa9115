import { z } from 'zod';

const HOST = /^(?=.{4,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+$/;

const host = z.string().regex(HOST, 'must be a host name in lower case with at least two labels, such as stripe.com');
const name = z
  .string()
  .max(120)
  .regex(/^[^*\s,]{2,}(\*?)$/, 'must be a name of two letters or more; only at its end may stand a *');
const path = z
  .string()
  .max(120)
  .regex(/^[^*\s,/]+(\/[^*\s,/]+)*$/, 'must be a name, or names with / between them, without a *');
const header = z
  .string()
  .max(120)
  .regex(/^[a-z0-9-]{2,}(: [^*,]+)?$/, 'must be a header in lower case such as x-vercel-id, or server: cloudflare');

/**
 * How a vendor gives itself away, by kind of signal. Host names stand for themselves and all below them, on label
 * boundaries: `stripe.com` is `api.stripe.com` too, and never `evil-stripe.com`. Names may end with a `*`. Only these
 * patterns are ever published, never what was matched by one.
 */
export const VendorSignals = z
  .strictObject({
    npm: z.array(name).optional().meta({ description: 'npm packages: stripe, @stripe/*.' }),
    pypi: z.array(name).optional().meta({ description: 'PyPI packages, normalized as in PEP 503: sentry-sdk.' }),
    go: z.array(path).optional().meta({ description: 'Go modules and all below them: github.com/stripe/stripe-go.' }),
    maven: z.array(name).optional().meta({ description: 'Maven coordinates: com.stripe:stripe-java, io.sentry:*.' }),
    rubygems: z.array(name).optional().meta({ description: 'Ruby gems: stripe, sentry-*.' }),
    image: z.array(path).optional().meta({ description: 'Container images and all below: datadog/agent.' }),
    variable: z.array(name).optional().meta({ description: 'Names of environment variables: STRIPE_*.' }),
    mx: z.array(host).optional().meta({ description: 'Hosts that receive mail.' }),
    spf: z.array(host).optional().meta({ description: 'Hosts that SPF records include.' }),
    cname: z.array(host).optional().meta({ description: 'Targets of DNS aliases.' }),
    txt: z.array(z.string().min(4).max(120)).optional().meta({
      description: 'How TXT records begin that prove a domain to it: stripe-verification=.',
    }),
    host: z.array(host).optional().meta({
      description: 'Hosts of requests, security policies and egress; they count for mx, spf and cname too.',
    }),
    header: z.array(header).optional().meta({ description: 'Response headers: x-vercel-id, server: cloudflare.' }),
  })
  .meta({ id: 'VendorSignals', description: 'How a vendor gives itself away. Published; write nothing private here.' });
export type VendorSignals = z.infer<typeof VendorSignals>;

/** The kinds of signals. */
export const SignalKind = VendorSignals.keyof();
export type SignalKind = z.infer<typeof SignalKind>;

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vendors } from '../../../collectors/vendors/catalogue.ts';
import { createMatcher } from '../../../collectors/vendors/matcher.ts';
import { vendorsOf } from '../../../collectors/vendors/observe.ts';
import { SignalKind } from '../../../schemas/index.ts';
import { known, subprocessor } from './company.ts';

const shipped = createMatcher();

/** What a signal is, in a word: a vendor with the pattern, or what else. */
function told(kind: SignalKind, value: string, matcher = shipped): string {
  const found = matcher.recognize({ kind, value });
  return found.is === 'vendor' ? `${found.vendors.map(({ id }) => id).join('+')} ${found.pattern}` : found.is;
}

describe('a signal gives its vendor away', () => {
  test.each([
    ['npm', 'stripe', 'stripe stripe'],
    ['npm', '@stripe/stripe-js', 'stripe @stripe/*'],
    ['npm', 'stripe-mock-thing', 'unknown'],
    ['npm', '@stripey/js', 'unknown'],
    ['pypi', 'Sentry_SDK', 'sentry sentry-sdk'],
    ['pypi', 'google.cloud.storage', 'google-cloud google-cloud-*'],
    ['go', 'github.com/stripe/stripe-go/v76', 'stripe github.com/stripe/stripe-go'],
    ['go', 'github.com/stripe/stripe-gopher', 'unknown'],
    ['maven', 'software.amazon.awssdk:s3', 'aws software.amazon.awssdk:*'],
    ['rubygems', 'aws-sdk-s3', 'aws aws-sdk-*'],
    ['image', 'docker.io/datadog/agent:7@sha256:00', 'datadog datadog'],
    ['image', 'gcr.io:443/datadoghq/agent', 'unknown'],
    ['image', 'postgres:18', 'unknown'],
    ['variable', 'NEXT_PUBLIC_STRIPE_KEY', 'stripe STRIPE_*'],
    ['variable', 'UNSTRIPE_KEY', 'unknown'],
    ['mx', 'alt1.aspmx.l.google.com.', 'google-workspace aspmx.l.google.com'],
    ['mx', 'harbour-ch.mail.protection.outlook.com', 'microsoft-365 mail.protection.outlook.com'],
    ['spf', 'amazonses.com', 'aws amazonses.com'],
    ['spf', 'u1.wl.sendgrid.net', 'sendgrid sendgrid.net'],
    ['cname', 'd111.cloudfront.net', 'aws cloudfront.net'],
    ['txt', 'Stripe-Verification=abc', 'stripe stripe-verification='],
    ['host', 'api.stripe.com:443', 'stripe stripe.com'],
    ['host', 'evil-stripe.com', 'unknown'],
    ['host', 'stripe.com.evil.io', 'unknown'],
    ['host', 'fonts.googleapis.com', 'google-fonts fonts.googleapis.com'],
    ['host', 'storage.googleapis.com', 'google-cloud googleapis.com'],
    ['host', 'time.google.com', 'none'],
    ['host', 'registry.npmjs.org', 'none'],
    ['host', 'db.internal', 'own'],
    ['host', 'redis', 'own'],
    ['host', 'api stripe com', 'unknown'],
    ['host', '', 'unknown'],
    ['host', '10.1.2.3', 'own'],
    ['host', '203.0.113.9', 'unknown'],
    ['host', 'fd00::1', 'own'],
    ['host', '[fd00::1]:443', 'own'],
    ['host', '2001:db8::1', 'unknown'],
    ['host', '::ffff:10.0.0.1', 'own'],
    ['host', 'browser-intake-us5-datadoghq.com', 'datadog browser-intake-us5-datadoghq.com'],
    ['host', 'harbour.vault.azure.net', 'azure azure.net'],
    ['host', 'production.cloudflare.docker.com', 'none'],
    ['txt', 'cisco-ci-domain-verification=abc', 'webex cisco-ci-domain-verification='],
    ['variable', 'SANITY_PROJECT_ID', 'sanity SANITY_PROJECT_ID'],
    ['variable', 'RESEND_API_KEY', 'resend RESEND_API_*'],
    ['npm', '@shopify/shopify-api', 'shopify @shopify/shopify-*'],
    ['npm', '@azure/msal-node', 'microsoft-entra @azure/msal-*'],
    ['header', 'Server: cloudflare', 'cloudflare server: cloudflare'],
    ['header', 'CF-Ray: 8abc-ZRH', 'cloudflare cf-ray'],
    ['header', 'cf-rays: 8abc', 'unknown'],
    ['header', 'server: nginx', 'unknown'],
  ] as const)('%s %s: %s', (kind, value, expected) => {
    expect(told(kind, value)).toBe(expected);
  });

  test('each pattern of the map gives its own vendor away', () => {
    for (const { id, signals } of vendors)
      for (const kind of SignalKind.options)
        for (const pattern of signals[kind] ?? [])
          expect(told(kind, pattern.replace(/\*$/, 'x')), `${kind} ${pattern}`).toContain(`${id} `);
  });

  test('a host is its vendor’s only on a label boundary, whatever stands before it', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, (before) => {
        expect(told('host', `${before}.stripe.com`)).toBe('stripe stripe.com');
        expect(told('host', `${before}stripe.com`)).not.toContain('stripe.com');
        expect(told('host', `${before}-stripe.com`)).not.toContain('stripe.com');
      }),
    );
  });

  test('any text is recognized as something, fast', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(['npm', 'host', 'image', 'txt', 'header'] as const)),
        fc.string(),
        (kind, value) => {
          expect(shipped.recognize({ kind, value }).is).toMatch(/^(vendor|own|none|unknown)$/);
        },
      ),
    );
    expect(told('txt', 'x'.repeat(1_000_000))).toBe('unknown');
  });
});

test.each([
  // The bureau of statistics, a check of anything, a time limit, a camera, a framework, containers, a hospital.
  ...[
    'CENSUS_API_KEY',
    'SANITY_CHECK_EVERY',
    'RESEND_DELAY',
    'ZOOM_LEVEL',
    'PADDLE_TRAINERS_NUM',
    'OCI_IMAGE',
    'HCP_NAME',
  ].map((name) => ['variable', name] as const),
  ...['CANNY_THRESHOLD', 'BANDWIDTH_LIMIT', 'CONVEX_HULL'].map((name) => ['variable', name] as const),
  // Components for any page, a client of any StatsD, a file on the disk, a runner of tests.
  ...['@shopify/draggable', '@shopify/flash-list', 'hot-shots', '@readme/openapi-parser', 'newman'].map(
    (name) => ['npm', name] as const,
  ),
  ['pypi', 'geoip2'],
  ['maven', 'com.launchdarkly:okhttp-eventsource'],
] as const)('%s %s is a word of everybody’s, and no vendor', (kind, value) => {
  expect(told(kind, value)).toBe('unknown');
});

test('a company that is a vendor of the map is known by its site', () => {
  const { content } = known();
  const { organization } = content;
  const matcher = createMatcher({
    content: { subprocessors: [], organization: { ...organization, url: 'https://segment.com' } },
  });
  expect(told('host', 'api.segment.com', matcher)).toBe('own');
  expect(told('host', 'segment.io', matcher)).toBe('segment segment.io');
});

describe('what a company adds to the map', () => {
  const { content } = known(
    subprocessor('postlane', {
      url: 'https://www.postlane.dev',
      signals: { npm: ['@postlane/*'], variable: ['PLANE_*'] },
    }),
    subprocessor('stripe', { signals: { npm: ['our-stripe-wrapper'] } }),
    subprocessor('store', { signals: { host: ['harbour-store.s3.amazonaws.com'] } }),
    subprocessor('copycat', { signals: { npm: ['twilio'] } }),
  );
  const matcher = createMatcher({
    content,
    ownHosts: ['harbour-static.net', 'harbour.vercel.app', 'segment.com'],
    notVendors: { 'partner.dev': 'Belongs to a customer.', 'api.stripe.com': 'Wishful thinking.' },
  });

  test.each([
    ['npm', '@postlane/node', 'postlane @postlane/*'],
    ['variable', 'PLANE_TOKEN', 'postlane PLANE_*'],
    // The host of its address needs no declaration, when the map does not know the vendor.
    ['host', 'api.postlane.dev', 'postlane postlane.dev'],
    ['npm', 'our-stripe-wrapper', 'stripe our-stripe-wrapper'],
    ['npm', 'stripe', 'stripe stripe'],
    ['host', 'harbour-store.s3.amazonaws.com', 'store harbour-store.s3.amazonaws.com'],
    ['host', 'other.s3.amazonaws.com', 'aws amazonaws.com'],
    // Whoever claims a pattern of the map stands beside the vendor, not in its place.
    ['npm', 'twilio', 'twilio+copycat twilio'],
    ['host', 'app.harbour.ch', 'own'],
    ['host', 'evil-harbour.ch', 'unknown'],
    ['host', 'cdn.harbour-static.net', 'own'],
    // Its own name on a vendor’s host is still the vendor’s host.
    ['host', 'harbour.vercel.app', 'vercel vercel.app'],
    // Nor is a vendor hidden by being called our own.
    ['host', 'api.segment.com', 'segment segment.com'],
    ['host', 'www.partner.dev', 'none'],
    // A vendor of the map cannot be explained away as a host.
    ['host', 'api.stripe.com', 'stripe stripe.com'],
  ] as const)('%s %s: %s', (kind, value, expected) => {
    expect(told(kind, value, matcher)).toBe(expected);
  });
});

test('signals are sorted into vendors, own, nobody’s and unknown, each unknown one once', () => {
  const seen = vendorsOf(
    [
      { kind: 'npm', value: 'stripe' },
      { kind: 'npm', value: '@stripe/stripe-js' },
      { kind: 'variable', value: 'STRIPE_SECRET_KEY' },
      { kind: 'variable', value: 'STRIPE_WEBHOOK_SECRET' },
      { kind: 'host', value: 'registry.npmjs.org' },
      { kind: 'host', value: 'localhost' },
      { kind: 'npm', value: 'left-pad' },
      { kind: 'npm', value: 'Left-Pad' },
    ],
    shipped,
  );
  expect(seen).toMatchInlineSnapshot(`
    {
      "none": [
        {
          "count": 1,
          "pattern": "registry.npmjs.org",
          "reason": "A registry of packages or images: it is asked for code, and gets no customers' data.",
        },
      ],
      "own": 1,
      "total": 8,
      "unknown": [
        {
          "kind": "npm",
          "value": "left-pad",
        },
      ],
      "vendors": [
        {
          "id": "stripe",
          "name": "Stripe",
          "told": [
            {
              "count": 1,
              "kind": "npm",
              "pattern": "@stripe/*",
            },
            {
              "count": 1,
              "kind": "npm",
              "pattern": "stripe",
            },
            {
              "count": 2,
              "kind": "variable",
              "pattern": "STRIPE_*",
            },
          ],
        },
      ],
    }
  `);
});

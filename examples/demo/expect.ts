/**
 * The declared intent for each database of the demo, as the sources in `content/` state it for the collector
 * postgres-row-security. Plain data: the collector parses it.
 */

const tenants = { from: 'public.organizations', key: 'org_id' };
const serviceRoles = ['larkspur_service'];
const clients = { clientRoles: ['larkspur_app', 'larkspur_api'], anonymousRoles: ['larkspur_anonymous'] };

export const demoExpect = {
  app: {
    mode: 'policies',
    tenantKey: 'org_id',
    ...clients,
    serviceRoles,
    tenants,
    context: { settings: { 'app.org_id': '{tenant}', 'request.jwt.claims': '{"org_id":"{tenant}"}' } },
    tables: {
      'public.countries': { reference: true },
      'public.plans': { reference: true },
      'public.ticket_priorities': { reference: true },
      'public.ticket_messages': { via: 'ticket_id -> public.tickets.id' },
      'public.attachments': { via: 'message_id -> public.ticket_messages.id' },
      'public.ticket_tags': { via: 'ticket_id -> public.tickets.id' },
      'public.invoice_lines': { via: 'invoice_id -> public.invoices.id' },
      'public.macros': { shared: 'An organization may lend a macro to another.' },
      'public.macro_shares': { shared: 'Names which macro is lent to whom; both sides see it.' },
    },
  },
  vault: {
    mode: 'service-only',
    tenantKey: 'org_id',
    ...clients,
    serviceRoles,
    tables: { 'public.rotations': { via: 'secret_id -> public.secrets.id' } },
  },
  reporting: {
    mode: 'application',
    tenantKey: 'org_id',
    clientRoles: ['larkspur_reporting'],
    serviceRoles,
    tables: {
      'public.calendar': { reference: true },
      'public.export_parts': { via: 'export_id -> public.exports.id' },
    },
  },
  archive: { mode: 'policies', tenantKey: 'org_id', ...clients, serviceRoles },
} as const;

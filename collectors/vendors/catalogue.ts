import { z } from 'zod';
import { Id, Title, VendorSignals, WebUrl } from '../../schemas/index.ts';
import ai from './catalogue/ai.json' with { type: 'json' };
import analytics from './catalogue/analytics.json' with { type: 'json' };
import cloud from './catalogue/cloud.json' with { type: 'json' };
import data from './catalogue/data.json' with { type: 'json' };
import identity from './catalogue/identity.json' with { type: 'json' };
import mail from './catalogue/mail.json' with { type: 'json' };
import marketing from './catalogue/marketing.json' with { type: 'json' };
import messaging from './catalogue/messaging.json' with { type: 'json' };
import monitoring from './catalogue/monitoring.json' with { type: 'json' };
import none from './catalogue/no-vendors.json' with { type: 'json' };
import payments from './catalogue/payments.json' with { type: 'json' };
import support from './catalogue/support.json' with { type: 'json' };
import web from './catalogue/web.json' with { type: 'json' };
import work from './catalogue/work.json' with { type: 'json' };

/** A vendor of the map, and how it gives itself away. Adding one is one edit of one file in `catalogue/`. */
export const Vendor = z
  .strictObject({
    id: Id,
    name: Title,
    website: WebUrl.meta({ description: 'By this, and by its id, it is found among the declared subprocessors.' }),
    signals: VendorSignals,
  })
  .meta({ id: 'Vendor', description: 'A vendor, and how it gives itself away.' });
export type Vendor = z.infer<typeof Vendor>;

/** Hosts that everybody’s machines talk to and that are nobody’s subprocessor, with the reason. */
export const NoVendor = z.strictObject({
  reason: z.string().min(1).max(200),
  host: VendorSignals.shape.host.unwrap(),
});
export type NoVendor = z.infer<typeof NoVendor>;

const groups = [
  ai,
  analytics,
  cloud,
  data,
  identity,
  mail,
  marketing,
  messaging,
  monitoring,
  payments,
  support,
  web,
  work,
];

/** The map that comes with Candor: vendors that are widely used, each with signals that are its own. */
export const vendors: readonly Vendor[] = z.array(Vendor).parse(groups.flat());

/** The hosts that are no vendor. */
export const noVendors: readonly NoVendor[] = z.array(NoVendor).parse(none);

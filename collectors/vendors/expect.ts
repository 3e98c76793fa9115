import { z } from 'zod';
import { Id, VendorSignals } from '../../schemas/index.ts';

const reason = z.string().min(10).max(200);

/** What every collector of vendors lets the company declare; spread into its own `expect`. Published with findings. */
export const vendorExpect = {
  notSubprocessors: z.record(Id, reason).default({}).meta({
    description: 'Vendors that handle no customers’ data, by their id in the map, with the reason. Shown on the page.',
  }),
};

/** The same for collectors that see hosts. */
export const hostExpect = {
  ...vendorExpect,
  ownHosts: z.array(VendorSignals.shape.host.unwrap().element).default([]).meta({
    description: 'Hosts of the company and all below them, besides those of its site and its trust center.',
  }),
  notVendors: z.record(VendorSignals.shape.host.unwrap().element, reason).default({}).meta({
    description: 'Hosts that are nobody’s product, with the reason. Shown on the page; a vendor of the map stays one.',
  }),
};

/** The declared part that the shared judgement looks at. */
export const VendorExpect = z.strictObject(vendorExpect);
export type VendorExpect = z.infer<typeof VendorExpect>;

/** The companies that asked for something, by names that stand nowhere else. */
export const prospects = [
  'Wexcombe Dairy',
  'Tarrowby Freight',
  'Ossington Vale',
  'Quenlow Dental',
  'Hathersedge Optics',
  'Brindlemoor',
  'Skelthorpe Tools',
  'Lowmarch Travel',
  'Penhallis Print',
] as const;

/** The workspaces that finders tested in, by names that stand nowhere else. */
export const workspaces = [
  'brambletide',
  'gorsefell',
  'marrowick',
  'thistlebeck',
  'ravenholt-lab',
  'sedgeworth',
  'fallowmere',
  'cinderhythe',
  'oxlipgate',
  'wrenbarrow',
  'kestrelby',
] as const;

/** Finds what is private in the demo: each private value of its databases holds a canary, and what visitors sent one of these names. */
export const privateWords = new RegExp(
  ['canary-7f3a[0-9a-f]{12}', ...[...prospects, ...workspaces].map((name) => name.split(/[ -]/)[0])].join('|'),
  'i',
);

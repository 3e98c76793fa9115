const base = import.meta.env.BASE_URL.replace(/\/$/, '');

/** An address inside the page, also when it is published in a folder of a host. */
export function link(path: string): string {
  return `${base}${path}`;
}

/** The page of a claim. */
export function claimLink(id: string): string {
  return link(`/claims/${id}/`);
}

/** The page of a record. */
export function evidenceLink(source: string, collector: string): string {
  return link(`/evidence/${source}/${collector}/`);
}

/** The page of a version. */
export function versionLink(number: number): string {
  return link(`/versions/${number}/`);
}

/**
 * An address of the forms: inside the page where they answer at its own host, which holds wherever both are served
 * together. `forms` is where they answer, `trustUrl` where the page does.
 */
export function formLink(forms: string, trustUrl: string, path: string): string {
  return new URL(forms).origin === new URL(trustUrl).origin ? link(path) : `${forms.replace(/\/$/, '')}${path}`;
}

/** Where the page is published, without a slash at the end: `trustUrl`, and the folder that the build was told. */
export function publicAddress(trustUrl: string): string {
  const { origin, pathname } = new URL(trustUrl);
  return `${origin}${base === '' ? pathname.replace(/\/$/, '') : base}`;
}

/** What the page knows of what is worth a report. */
export type Known = {
  products: readonly { name: string; versions: readonly string[] }[];
  scope: readonly string[];
  outOfScope: readonly string[];
  issues: readonly { title: string; reason: string }[];
};

/** What of a report is looked at. */
export type Looked = {
  title: string;
  description: string;
  product: string;
  version: string;
  asset: string;
  steps: string;
};

/** So many of the longer words of a known issue must be in a report for it to be mentioned. */
const ALIKE = 0.6;

/**
 * What might save somebody a round of questions, before it is sent. Each is a question, none an answer: nobody is kept from
 * sending, and nobody here learns what was typed.
 */
export function hintsFor(looked: Looked, known: Known): string[] {
  return [versionHint(looked, known), assetHint(looked, known), stepsHint(looked), ...issueHints(looked, known)].filter(
    (hint) => hint !== undefined,
  );
}

function versionHint({ product, version }: Looked, { products }: Known): string | undefined {
  const versions = products.find(({ name }) => name === product)?.versions ?? [];
  if (versions.length === 0) return undefined;
  if (version.trim() === '') return `Which version of ${product}? We support ${versions.join(', ')}.`;
  // 4.2 is also supported as v4.2 and as 4.2.1.
  const isSupported = versions.some((each) => `${bare(version)}.`.startsWith(`${bare(each)}.`));
  return isSupported
    ? undefined
    : `${version.trim()} is not a version of ${product} that we support (${versions.join(', ')}). Is it there in one of these, too?`;
}

function assetHint({ asset }: Looked, { scope, outOfScope }: Known): string | undefined {
  const [host] = hostsIn(asset);
  const listed = hostsIn(scope.join(' '));
  const isAddress = asset.includes('://') || listed.some((each) => each.split('.').at(-1) === host?.split('.').at(-1));
  // login.php is no host.
  if (host === undefined || !isAddress) return undefined;
  if (hostsIn(outOfScope.join(' ')).some((pattern) => isBelow(host, pattern)))
    return `${host} is listed as out of scope. The disclosure policy says where such reports belong.`;
  if (listed.length === 0 || listed.some((pattern) => isBelow(host, pattern))) return undefined;
  return `${host} is not listed in our scope (${listed.join(', ')}). Is it ours?`;
}

function stepsHint({ description, steps }: Looked): string | undefined {
  if (description.trim() === '' || steps.trim() !== '') return undefined;
  return 'With steps that we can follow we see at once what you saw.';
}

function issueHints({ title, description }: Looked, { issues }: Known): string[] {
  const words = new Set(wordsIn(`${title} ${description}`));
  return issues
    .filter(({ title: known }) => {
      const theirs = wordsIn(known);
      return theirs.length > 0 && theirs.filter((word) => words.has(word)).length / theirs.length >= ALIKE;
    })
    .map(({ title: known, reason }) => `Is it this, which we know of? ${known}: ${reason}`);
}

function bare(version: string): string {
  return version.trim().toLowerCase().replace(/^v/, '');
}

/** The names of hosts in a text, in small letters; a star in front stands for all below. Those of mailboxes are none. */
function hostsIn(text: string): string[] {
  return text.toLowerCase().match(/(?<![@a-z0-9.-])(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?![a-z0-9.-]*@)/g) ?? [];
}

function isBelow(host: string, pattern: string): boolean {
  const name = pattern.replace(/^\*\./, '');
  return host === name || (pattern !== name && host.endsWith(`.${name}`));
}

function wordsIn(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [])];
}

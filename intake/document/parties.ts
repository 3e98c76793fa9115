import {
  type Content,
  durationText,
  type PartiesAnnex,
  type ProcessedData,
  type RequestForm,
  type RequestNeed,
  type RetentionRule,
} from '../../schemas/index.ts';

/** Annex I: who agrees and what is processed, from the company's content and what the customer filled in. */
export function partiesOf(content: Content, form: RequestForm | undefined): PartiesAnnex {
  const { name, legalName, product, address, country, contacts } = content.organization;
  return {
    processor: {
      name,
      legalName,
      product,
      address: address ?? null,
      country,
      contact: contacts.privacy ?? contacts.general ?? contacts.security,
    },
    customer:
      form === undefined
        ? null
        : {
            name: form.company,
            website: form.website,
            address: form.companyAddress ?? null,
            country: form.jurisdiction,
            signatory: form.signatory ?? null,
            signatoryRole: form.signatoryRole ?? null,
            email: form.email,
          },
    transfer: { ...incorporated(form), frequency: 'continuous', data: processedData(content) },
  };
}

/** What was asked for; where nothing was, both modules, of which the one that fits applies. */
function incorporated(
  form: RequestForm | undefined,
): Pick<PartiesAnnex['transfer'], 'modules' | 'ukAddendum' | 'swissAddendum'> {
  const asks = (need: RequestNeed) => form === undefined || form.needs.includes(need);
  const modules = [
    ...(asks('scc-module-two') ? (['two'] as const) : []),
    ...(asks('scc-module-three') ? (['three'] as const) : []),
  ];
  return {
    modules: modules.length === 0 ? ['two', 'three'] : modules,
    ukAddendum: asks('uk-addendum') || form?.jurisdiction === 'GB',
    swissAddendum: asks('swiss-addendum') || form?.jurisdiction === 'CH',
  };
}

/** What is processed for customers: of its own data, such as invoices, the company is no processor. */
function processedData({ dataItems, retention }: Content): ProcessedData[] {
  return dataItems
    .filter(({ data }) => !data.notCollected && data.ownedBy !== 'company')
    .map(({ id, data }) => {
      const rule = retention.find((each) => each.id === data.retention)?.data;
      const { title, description, subjects, category, purposes } = data;
      return { id, title, description, subjects, category, purposes, retention: rule ? inWords(rule) : null };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A rule of retention as one sentence. */
function inWords({ title, keptWhile, starts, atLeast, atMost, backups, setBy, default: usual }: RetentionRule): string {
  const parts = [
    keptWhile === undefined
      ? []
      : [keptWhile === 'account-open' ? 'while the account is open' : 'until deletion is asked for'],
    setBy === 'customer'
      ? [
          `for as long as the customer sets${usual === undefined ? '' : ` (${durationText(usual)} when it sets nothing)`}`,
        ]
      : [],
    atLeast === undefined ? [] : [`at least ${durationText(atLeast)}`],
    atMost === undefined ? [] : [`at most ${durationText(atMost)}`],
    starts === undefined ? [] : [`counted from ${starts.replace('-', ' ')}`],
    backups === undefined ? [] : [`${durationText(backups)} longer in backups`],
  ];
  return `${title}: ${parts.flat().join(', ')}.`;
}

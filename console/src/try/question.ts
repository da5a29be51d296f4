// The question that is asked, as it stands in the address: whoever opens the same address asks the
// same. What cannot be read from an address is left out.

import type { GraphRequest } from '../api/client';
import { oneWord } from '../pieces/listState';

export const DIRECTIONS = ['inbound', 'outbound'] as const;
export type Direction = (typeof DIRECTIONS)[number];
export const ACCESS = ['b2bCollaboration', 'b2bDirectConnect', 'serviceProvider'] as const;
export const SIGNALS = ['proxy', 'universal', 'windows'] as const;
export const CLAIMS = ['mfa', 'compliant', 'joined', 'here', 'terms'] as const;
export type Claim = (typeof CLAIMS)[number];

export interface Question {
  /** Inbound unless it says otherwise. */
  dir?: 'outbound';
  /** The other organization. */
  tenant?: string;
  /** Inbound: a guest that is known here. Outbound: somebody from here. */
  person?: string;
  /** Inbound: the id in the other organization, instead. */
  account?: string;
  app?: string;
  client?: string;
  access?: (typeof ACCESS)[number];
  claims?: Claim[];
  /** The permission page was accepted. */
  consent?: boolean;
  /** Tenant restrictions: `<tenant id>:<policy id>`, and how they arrive. */
  header?: string;
  signal?: (typeof SIGNALS)[number];
  /** A revision of the settings, or a time. */
  at?: string;
  draft?: GraphRequest[];
}

const text = (value: unknown): string | undefined => {
  const said = typeof value === 'number' ? String(value) : value;
  return typeof said === 'string' && said.trim() !== '' ? said.trim().slice(0, 300) : undefined;
};

const METHODS = ['POST', 'PATCH', 'PUT', 'DELETE'] as const;

function requestsIn(value: unknown): GraphRequest[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const read = value.flatMap((one: unknown) => {
    const { method, url, body } = (typeof one === 'object' && one !== null ? one : {}) as Record<
      string,
      unknown
    >;
    const known = oneWord(method, METHODS);
    return known && typeof url === 'string' ? [{ method: known, url, ...(body ? { body } : {}) }] : [];
  });
  return read.length > 0 ? read : undefined;
}

export function questionIn(search: Record<string, unknown>): Question {
  const claims = Array.isArray(search.claims) ? search.claims : [];
  const known = CLAIMS.filter((claim) => claims.includes(claim));
  return {
    dir: search.dir === 'outbound' ? 'outbound' : undefined,
    tenant: text(search.tenant),
    person: text(search.person),
    account: text(search.account),
    app: text(search.app),
    client: text(search.client),
    access: oneWord(search.access, ACCESS),
    claims: known.length > 0 ? known : undefined,
    consent: search.consent === true || undefined,
    header: text(search.header),
    signal: oneWord(search.signal, SIGNALS),
    at: text(search.at),
    draft: requestsIn(search.draft),
  };
}

/** What is missing before it can be asked. */
export type Missing = 'tenant' | 'person' | 'app';

export function missing(question: Question): Missing[] {
  const { dir, tenant, person, account, app } = question;
  const isGuest = dir !== 'outbound' && person !== undefined;
  return [
    ...(tenant || isGuest ? [] : ['tenant' as const]),
    ...(person || (dir !== 'outbound' && account) ? [] : ['person' as const]),
    ...(app ? [] : ['app' as const]),
  ];
}

/** The body that asks it. `own` is the organization of whoever asks. */
export function asked(question: Question, own: string) {
  const { dir, tenant, person, account, app, client, access, consent, header, signal, at, draft } = question;
  const claims = new Set(question.claims);
  const who =
    dir === 'outbound'
      ? { homeTenant: own, user: person, resourceTenant: tenant }
      : person
        ? { guest: person, resourceTenant: own }
        : { homeTenant: tenant, user: account, resourceTenant: own };
  return {
    op: 'whatif',
    question: {
      ...who,
      accessType: access ?? 'b2bCollaboration',
      resourceAppId: app,
      ...(client ? { clientAppId: client } : {}),
      claims: {
        mfa: claims.has('mfa'),
        resourceMfa: claims.has('here'),
        termsAccepted: claims.has('terms'),
        device: {
          isCompliant: claims.has('compliant'),
          ...(claims.has('joined') ? { trustType: 'ServerAd' } : {}),
        },
      },
      consentAccepted: consent ?? false,
      ...(header ? { tenantRestrictionsHeader: header } : {}),
      ...(signal ? { signal } : {}),
    },
    ...(draft ? { requests: draft } : {}),
    ...(at ? { at } : {}),
  };
}

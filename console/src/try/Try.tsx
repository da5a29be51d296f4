// Would somebody get in? The question on the one hand, the answer and its way on the other.

import {
  Button,
  Checkbox,
  Dropdown,
  Field,
  Input,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Option,
  Radio,
  RadioGroup,
  Spinner,
  Text,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { ask } from '../api/client';
import { asProblem } from '../api/problem';
import { applications, organizations, useNames, withNames } from '../names/names';
import { Page } from '../pieces/Page';
import { ProblemBar } from '../pieces/ProblemBar';
import { useMe } from '../session/session';
import { Choice, type Offer } from './Choice';
import { type Decision, decision } from './decision';
import { ACCESS, CLAIMS, missing, type Question, SIGNALS } from './question';
import { Trail } from './Trail';
import { texts } from './words';

const route = getRouteApi('/_in/try');

const useStyles = makeStyles({
  whole: {
    display: 'grid',
    gridTemplateColumns: 'minmax(16rem, 22rem) minmax(0, 1fr)',
    gap: tokens.spacingHorizontalXXXL,
    alignItems: 'start',
    '@media (max-width: 1000px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  form: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  fields: { display: 'grid', margin: 0, padding: 0, border: 'none' },
  legend: { padding: 0, fontWeight: tokens.fontWeightRegular },
  answer: { display: 'grid', gap: tokens.spacingVerticalL, minWidth: 0 },
  heading: { ...typographyStyles.subtitle1, margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
  list: { margin: 0, paddingInlineStart: tokens.spacingHorizontalXL },
});

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

interface Row {
  id: string;
  displayName?: string;
  userPrincipalName?: string;
}

/** People of the directory by the beginning of their name; guests, or one's own. */
const people = (words: string, guests: boolean) =>
  queryOptions({
    queryKey: ['try', 'people', words, guests],
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    queryFn: async (): Promise<Offer[]> => {
      const type = `userType eq ${guests ? "'Guest'" : "'Member'"}`;
      const begins = `startswith(displayName,${quoted(words)}) or startswith(userPrincipalName,${quoted(words)})`;
      const query = {
        $filter: words ? `${type} and (${begins})` : type,
        $top: 50,
        $select: 'id,displayName,userPrincipalName',
      };
      const page = await ask<{ value: Row[] }>('GET', '/v1.0/users', { query });
      return page.value.map(({ id, displayName, userPrincipalName }) => ({
        id,
        name: displayName ?? userPrincipalName ?? id,
        more: userPrincipalName,
      }));
    },
  });

const personOf = (id: string | undefined) =>
  queryOptions({
    queryKey: ['try', 'person', id],
    enabled: id !== undefined,
    staleTime: 60_000,
    retry: false,
    queryFn: () =>
      ask<Row>('GET', `/v1.0/users/${encodeURIComponent(id ?? '')}`, {
        query: { $select: 'id,displayName,userPrincipalName' },
      }),
  });

export function Try() {
  const styles = useStyles();
  const me = useMe();
  const own = me.tenant.id;
  const question = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<Question>) =>
    void navigate({ search: { ...question, ...part }, replace: true });
  const lacks = missing(question);
  const answer = useQuery({ ...decision(question, own), enabled: lacks.length === 0 });
  return (
    <Page title={texts.title} lead={texts.lead}>
      <div className={styles.whole}>
        <form className={styles.form} aria-label={texts.form} onSubmit={(event) => event.preventDefault()}>
          <Form question={question} onChange={change} />
          <div>
            <Button onClick={() => void navigate({ search: {} })}>{texts.reset}</Button>
          </div>
        </form>
        <section className={styles.answer} aria-labelledby="the-decision">
          <h2 id="the-decision" className={styles.heading}>
            {texts.result}
          </h2>
          <div aria-live="polite" className={styles.answer}>
            {lacks.length > 0 && (
              <div className={styles.quiet}>
                <Text>{texts.missing.title}</Text>
                <ul className={styles.list}>
                  {lacks.map((lack) => (
                    <li key={lack}>{texts.missing[lack]}</li>
                  ))}
                </ul>
              </div>
            )}
            {answer.isFetching && !answer.data && <Spinner label={texts.asking} labelPosition="after" />}
            {answer.error && (
              <ProblemBar problem={asProblem(answer.error)} retry={() => void answer.refetch()} />
            )}
            {answer.data && lacks.length === 0 && !answer.error && (
              <Answer told={answer.data} question={question} />
            )}
          </div>
        </section>
      </div>
    </Page>
  );
}

const INTENT = { allow: 'success', block: 'error', challenge: 'warning' } as const;

function Answer({ told, question }: { told: Decision; question: Question }) {
  const styles = useStyles();
  const me = useMe();
  const names = useNames();
  const person = useQuery(personOf(question.person)).data;
  const own = me.tenant.displayName ?? me.tenant.id;
  const other = question.tenant ? withNames(question.tenant, names) : texts.other;
  const [home, resource] = question.dir === 'outbound' ? [own, other] : [other, own];
  return (
    <>
      <MessageBar intent={INTENT[told.decision]} layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{texts.verdict[told.decision]}</MessageBarTitle> {withNames(told.sentence, names)}
        </MessageBarBody>
      </MessageBar>
      {told.remedy && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{texts.remedy}</MessageBarTitle> {withNames(told.remedy, names)}
          </MessageBarBody>
        </MessageBar>
      )}
      <Trail
        told={told}
        question={question}
        person={person?.displayName ?? question.account ?? texts.someone}
        application={withNames(question.app ?? '', names)}
        home={home}
        resource={resource}
      />
      {told.rows.length > 0 && (
        <div>
          <Text weight="semibold">{texts.log}</Text>
          <ul className={styles.list}>
            {told.rows.map(({ tenantId, sentence }) => (
              <li key={tenantId + sentence}>{withNames(sentence, names)}</li>
            ))}
          </ul>
        </div>
      )}
      <Text size={200} className={styles.quiet}>
        {texts.share}
      </Text>
    </>
  );
}

interface FormProps {
  question: Question;
  onChange: (part: Partial<Question>) => void;
}

function Form({ question, onChange }: FormProps) {
  const me = useMe();
  const own = me.tenant.displayName ?? me.tenant.id;
  const names = useNames();
  const isOut = question.dir === 'outbound';
  const others = useQuery(organizations(me.tenant.id)).data ?? [];
  const apps = useQuery(applications).data ?? [];
  const offered = others.map(({ tenantId, displayName, defaultDomainName }) => ({
    id: tenantId,
    name: displayName ?? tenantId,
    more: defaultDomainName ?? undefined,
  }));
  const [typed, setTyped] = useState('');
  const found = useQuery(people(useDeferredValue(typed.trim()), !isOut)).data ?? [];
  const person = useQuery(personOf(question.person)).data;
  const application = { offers: apps.map(({ id, name }) => ({ id, name, more: id })) };
  return (
    <>
      {question.draft && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{texts.draft(question.draft.length)}</MessageBarBody>
          <MessageBarActions>
            <Button onClick={() => onChange({ draft: undefined })}>{texts.draftDrop}</Button>
          </MessageBarActions>
        </MessageBar>
      )}
      <Field label={texts.direction}>
        <RadioGroup
          value={isOut ? 'outbound' : 'inbound'}
          onChange={(_, { value }) =>
            onChange({
              dir: value === 'outbound' ? 'outbound' : undefined,
              person: undefined,
              account: undefined,
            })
          }
        >
          <Radio value="inbound" label={texts.inbound(own)} />
          <Radio value="outbound" label={texts.outbound(own)} />
        </RadioGroup>
      </Field>
      <Choice
        label={texts.tenant}
        hint={texts.tenantHint}
        value={question.tenant}
        offers={offered}
        onValue={(tenant) => onChange({ tenant })}
      />
      <Choice
        label={isOut ? texts.person : texts.guest}
        hint={isOut ? texts.personHint : texts.guestHint}
        value={question.person}
        offers={found}
        name={person?.displayName}
        onTyped={setTyped}
        onValue={(id) => onChange({ person: id, ...(id ? { account: undefined } : {}) })}
      />
      {!isOut && (
        <Choice
          label={texts.account}
          hint={texts.accountHint}
          value={question.account}
          offers={[]}
          onValue={(account) => onChange({ account, ...(account ? { person: undefined } : {}) })}
        />
      )}
      <Choice
        label={texts.app}
        hint={texts.appHint}
        value={question.app}
        name={question.app && withNames(question.app, names)}
        {...application}
        onValue={(app) => onChange({ app })}
      />
      <Field label={texts.access}>
        <Dropdown
          value={texts.accesses[question.access ?? 'b2bCollaboration']}
          selectedOptions={[question.access ?? 'b2bCollaboration']}
          onOptionSelect={(_, { optionValue }) =>
            onChange({ access: ACCESS.find((one) => one === optionValue && one !== 'b2bCollaboration') })
          }
        >
          {ACCESS.map((one) => (
            <Option key={one} value={one}>
              {texts.accesses[one]}
            </Option>
          ))}
        </Dropdown>
      </Field>
      <Claims question={question} onChange={onChange} />
      <Choice
        label={texts.client}
        hint={texts.clientHint}
        value={question.client}
        name={question.client && withNames(question.client, names)}
        {...application}
        onValue={(client) => onChange({ client })}
      />
      <Restrictions question={question} onChange={onChange} />
      <When question={question} onChange={onChange} />
    </>
  );
}

function Claims({ question, onChange }: FormProps) {
  const styles = useStyles();
  const isOut = question.dir === 'outbound';
  const claims = question.claims ?? [];
  return (
    <fieldset className={styles.fields}>
      <legend className={styles.legend}>{texts.claims}</legend>
      {isOut && (
        <Text size={200} className={styles.quiet}>
          {texts.claimsElsewhere}
        </Text>
      )}
      {!isOut &&
        CLAIMS.map((claim) => (
          <Checkbox
            key={claim}
            label={texts.claim[claim]}
            checked={claims.includes(claim)}
            onChange={(_, { checked }) => {
              const next = CLAIMS.filter((one) => (one === claim ? checked === true : claims.includes(one)));
              onChange({ claims: next.length > 0 ? next : undefined });
            }}
          />
        ))}
      <Checkbox
        label={texts.consent}
        checked={question.consent ?? false}
        onChange={(_, { checked }) => onChange({ consent: checked === true || undefined })}
      />
    </fieldset>
  );
}

function Restrictions({ question, onChange }: FormProps) {
  const signal = question.signal ?? 'none';
  return (
    <>
      <Field label={texts.signal}>
        <Dropdown
          value={texts.signals[signal]}
          selectedOptions={[signal]}
          onOptionSelect={(_, { optionValue }) =>
            onChange({
              signal: SIGNALS.find((one) => one === optionValue),
              ...(optionValue === 'none' ? { header: undefined } : {}),
            })
          }
        >
          {(['none', ...SIGNALS] as const).map((one) => (
            <Option key={one} value={one}>
              {texts.signals[one]}
            </Option>
          ))}
        </Dropdown>
      </Field>
      {signal !== 'none' && (
        <Field label={texts.header} hint={texts.headerHint}>
          <Input
            spellCheck={false}
            value={question.header ?? ''}
            onChange={(_, { value }) => onChange({ header: value || undefined })}
          />
        </Field>
      )}
    </>
  );
}

function When({ question, onChange }: FormProps) {
  const [past, setPast] = useState(question.at !== undefined);
  return (
    <>
      <Field label={texts.when}>
        <RadioGroup
          value={past ? 'past' : 'now'}
          onChange={(_, { value }) => {
            setPast(value === 'past');
            if (value === 'now') onChange({ at: undefined });
          }}
        >
          <Radio value="now" label={texts.now} />
          <Radio value="past" label={texts.past} />
        </RadioGroup>
      </Field>
      {past && (
        <Field label={texts.pastAt} hint={texts.pastHint}>
          <Input
            value={question.at ?? ''}
            placeholder="2026-11-20T10:00:00Z"
            onChange={(_, { value }) => onChange({ at: value || undefined })}
          />
        </Field>
      )}
    </>
  );
}

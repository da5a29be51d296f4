// The parts of a policy: its name, whom it is about, what they reach for, and what is asked for.

import {
  Button,
  Checkbox,
  Field,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  Select,
  Text,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { pastedIds } from '../../cross-tenant/data/model';
import { partnerNames } from '../../cross-tenant/data/queries';
import { applications, groups, servicePrincipals } from '../../directory/data';
import { Picker } from '../../directory/Picker';
import { picker } from '../../directory/words';
import { Section } from '../../pieces/Section';
import { useMe } from '../../session/session';
import { contexts } from '../data';
import { conditions as texts } from '../words';
import { CONTROLS, type Draft, KEPT, type Missing, type State, TYPES } from './draft';
import { STATES } from './states';

const useStyles = makeStyles({
  stack: { display: 'grid', gap: tokens.spacingVerticalL, maxWidth: '46rem' },
  inside: {
    display: 'grid',
    gap: tokens.spacingVerticalL,
    paddingLeft: tokens.spacingHorizontalL,
    borderLeft: `2px solid ${tokens.colorNeutralStroke2}`,
  },
  set: { border: '0', margin: 0, padding: 0, display: 'grid', minWidth: 0, gap: tokens.spacingVerticalXS },
  legend: { padding: 0, fontWeight: tokens.fontWeightSemibold },
  wrong: { color: tokens.colorStatusDangerForeground1 },
  start: { justifySelf: 'start' },
  label: { display: 'grid' },
  hint: { color: tokens.colorNeutralForeground3 },
});

export interface PartProps {
  draft: Draft;
  edit: (part: Partial<Draft>) => void;
  disabled: boolean;
  wrong: readonly Missing[];
}

const toggled = <Item,>(list: readonly Item[], item: Item): Item[] =>
  list.includes(item) ? list.filter((other) => other !== item) : [...list, item];

/** What has to be entered here, said where it is. */
function Wrong({ when, text }: { when: boolean; text: string }) {
  const styles = useStyles();
  return (
    <span role="alert" className={styles.wrong}>
      {when ? text : ''}
    </span>
  );
}

export function NamePart({ draft, edit, disabled, wrong }: PartProps) {
  const styles = useStyles();
  return (
    <Section title={texts.name}>
      <div className={styles.stack}>
        <Field
          label={texts.name}
          hint={texts.nameHint}
          required
          validationMessage={wrong.includes('name') ? texts.nameMissing : undefined}
        >
          <Input
            value={draft.displayName}
            dir="auto"
            maxLength={256}
            readOnly={disabled}
            onChange={(_, { value }) => edit({ displayName: value })}
          />
        </Field>
        <Field label={texts.enable} hint={texts.enableHint}>
          <RadioGroup
            layout="horizontal"
            value={draft.state}
            disabled={disabled}
            onChange={(_, { value }) => edit({ state: value as State })}
          >
            {STATES.map((state) => (
              <Radio key={state} value={state} label={texts.states[state]} />
            ))}
          </RadioGroup>
        </Field>
      </div>
    </Section>
  );
}

export function UsersPart(props: PartProps) {
  const { draft, edit, disabled, wrong } = props;
  const styles = useStyles();
  const groupList = useQuery(groups);
  const choices = useMemo(
    () => groupList.data?.map(({ id, displayName }) => ({ id, name: displayName ?? id })),
    [groupList.data],
  );
  return (
    <Section title={texts.users} lead={texts.usersLead}>
      <div className={styles.stack}>
        <RadioGroup
          aria-label={texts.users}
          value={draft.everyone ? 'all' : 'some'}
          disabled={disabled}
          onChange={(_, { value }) => edit({ everyone: value === 'all' })}
        >
          <Radio value="all" label={texts.allUsers} />
          <Radio value="some" label={texts.selected} />
        </RadioGroup>
        {!draft.everyone && (
          <div className={styles.inside}>
            <fieldset className={styles.set} disabled={disabled}>
              <legend className={styles.legend}>{texts.types}</legend>
              {TYPES.map((type) => (
                <Checkbox
                  key={type}
                  label={texts.typeNames[type]}
                  disabled={disabled}
                  checked={draft.types.includes(type)}
                  onChange={() => edit({ types: toggled(draft.types, type) })}
                />
              ))}
            </fieldset>
            {draft.types.length > 0 && <Tenants {...props} />}
            <fieldset className={styles.set} disabled={disabled}>
              <legend className={styles.legend}>{texts.includeGroups}</legend>
              <Picker
                label={texts.includeGroups}
                choices={choices}
                chosen={draft.groups}
                onChoose={(chosen) => !disabled && edit({ groups: chosen })}
              />
            </fieldset>
            {draft.users.length > 0 && <Text>{texts.keptUsers(draft.users.length)}</Text>}
          </div>
        )}
        <Wrong when={wrong.includes('users')} text={texts.usersMissing} />
        <fieldset className={styles.set} disabled={disabled}>
          <legend className={styles.legend}>{texts.excludeGroups}</legend>
          <Picker
            label={texts.excludeGroups}
            choices={choices}
            chosen={draft.exceptGroups}
            onChoose={(chosen) => !disabled && edit({ exceptGroups: chosen })}
          />
        </fieldset>
      </div>
    </Section>
  );
}

function Tenants({ draft, edit, disabled, wrong }: PartProps) {
  const styles = useStyles();
  const me = useMe();
  const partners = useQuery({
    ...partnerNames(me.tenant.id ?? ''),
    enabled: !draft.allTenants,
    retry: false,
  });
  const [typed, setTyped] = useState('');
  const [others, setOthers] = useState<readonly string[]>([]);
  const choices = useMemo(
    () =>
      // Whoever may not read the organizations still enters their ids.
      partners.error
        ? []
        : partners.data?.map(({ tenantId, displayName, defaultDomainName }) => ({
            id: tenantId ?? '',
            name: displayName ?? tenantId ?? '',
            detail: defaultDomainName ?? undefined,
          })),
    [partners.data, partners.error],
  );
  const add = () => {
    const found = pastedIds(typed);
    setOthers(found.others);
    setTyped(found.others.join('\n'));
    if (found.ids.length > 0) edit({ tenants: [...new Set([...draft.tenants, ...found.ids])] });
  };
  return (
    <div className={styles.set}>
      <Field label={texts.tenants}>
        <RadioGroup
          layout="horizontal"
          value={draft.allTenants ? 'all' : 'some'}
          disabled={disabled}
          onChange={(_, { value }) => edit({ allTenants: value === 'all' })}
        >
          <Radio value="all" label={texts.tenantsAll} />
          <Radio value="some" label={texts.tenantsSelected} />
        </RadioGroup>
      </Field>
      {!draft.allTenants && (
        <div className={styles.inside}>
          <Field
            label={texts.tenantField}
            hint={texts.tenantHint}
            validationMessage={others.length > 0 ? texts.tenantWrong(others) : undefined}
          >
            <Textarea
              value={typed}
              rows={2}
              disabled={disabled}
              onChange={(_, { value }) => setTyped(value)}
            />
          </Field>
          <Button className={styles.start} disabled={disabled} onClick={add}>
            {texts.addTenants}
          </Button>
          <Picker
            label={texts.tenantPicker}
            choices={choices}
            chosen={draft.tenants}
            onChoose={(tenants) => !disabled && edit({ tenants })}
          />
        </div>
      )}
      <Wrong when={wrong.includes('tenants')} text={texts.tenantsMissing} />
    </div>
  );
}

export function TargetPart(props: PartProps) {
  const { draft, edit, disabled, wrong } = props;
  const styles = useStyles();
  if (draft.target === 'actions') {
    return (
      <Section title={texts.target}>
        <Text>{texts.otherTarget}</Text>
      </Section>
    );
  }
  return (
    <Section title={texts.target} lead={texts.targetLead}>
      <div className={styles.stack}>
        <RadioGroup
          aria-label={texts.target}
          layout="horizontal"
          value={draft.target}
          disabled={disabled}
          onChange={(_, { value }) => edit({ target: value as Draft['target'] })}
        >
          <Radio value="applications" label={texts.applications} />
          <Radio value="contexts" label={texts.contexts} />
        </RadioGroup>
        {draft.target === 'applications' ? <Applications {...props} /> : <Contexts {...props} />}
        <Wrong when={wrong.includes('applications')} text={texts.applicationsMissing} />
        <Wrong when={wrong.includes('contexts')} text={texts.contextsMissing} />
      </div>
    </Section>
  );
}

function Applications({ draft, edit, disabled }: PartProps) {
  const styles = useStyles();
  const own = useQuery(applications);
  const others = useQuery(servicePrincipals);
  const choices = useMemo(() => {
    if (!own.data || !others.data) return undefined;
    const names = new Map<string, string>();
    for (const { appId, displayName } of [...others.data, ...own.data]) {
      if (appId) names.set(appId, displayName ?? appId);
    }
    return [...names].map(([id, name]) => ({ id, name, detail: id }));
  }, [own.data, others.data]);
  return (
    <div className={styles.inside}>
      <RadioGroup
        aria-label={texts.applications}
        value={draft.allApplications ? 'all' : 'some'}
        disabled={disabled}
        onChange={(_, { value }) => edit({ allApplications: value === 'all' })}
      >
        <Radio value="all" label={texts.every} />
        <Radio value="some" label={texts.some} />
      </RadioGroup>
      {!draft.allApplications && (
        <Picker
          label={picker.applications}
          choices={choices}
          chosen={draft.applications}
          onChoose={(ids) => !disabled && edit({ applications: ids })}
        />
      )}
    </div>
  );
}

function Contexts({ draft, edit, disabled }: PartProps) {
  const styles = useStyles();
  const { data } = useQuery(contexts);
  const shown = data?.filter(({ id, isAvailable }) => isAvailable || draft.contexts.includes(id ?? ''));
  return (
    <fieldset className={styles.inside} disabled={disabled}>
      <legend className={styles.legend}>{texts.contexts}</legend>
      <Text size={200}>{texts.contextsHint}</Text>
      {shown?.length === 0 && <Text>{texts.noContexts}</Text>}
      {shown?.map(({ id, displayName }) => (
        <Checkbox
          key={id}
          label={`${displayName ?? ''} (${id})`}
          disabled={disabled}
          checked={draft.contexts.includes(id ?? '')}
          onChange={() => edit({ contexts: toggled(draft.contexts, id ?? '') })}
        />
      ))}
    </fieldset>
  );
}

export function AccessPart(props: PartProps) {
  const { draft, edit, disabled, wrong } = props;
  const styles = useStyles();
  return (
    <Section title={texts.access} lead={texts.accessLead}>
      <div className={styles.stack}>
        <RadioGroup
          aria-label={texts.access}
          value={draft.block ? 'block' : 'grant'}
          disabled={disabled}
          onChange={(_, { value }) => edit({ block: value === 'block' })}
        >
          <Radio value="block" label={texts.blockAccess} />
          <Radio value="grant" label={texts.grantAccess} />
        </RadioGroup>
        {!draft.block && <Controls {...props} />}
        <Wrong when={wrong.includes('controls')} text={texts.controlsMissing} />
      </div>
    </Section>
  );
}

function Controls({ draft, edit, disabled }: PartProps) {
  const styles = useStyles();
  return (
    <div className={styles.inside}>
      <div className={styles.set}>
        {CONTROLS.map((control) => (
          <Checkbox
            key={control}
            disabled={disabled}
            checked={draft.controls.includes(control)}
            onChange={() => edit({ controls: toggled(draft.controls, control) })}
            label={
              <span className={styles.label}>
                {texts.require[control]}
                <Text size={200} className={styles.hint}>
                  {texts.requireHint[control]}
                </Text>
              </span>
            }
          />
        ))}
      </div>
      <Field label={texts.requireStrength}>
        <Select
          value={draft.strength}
          disabled={disabled}
          onChange={(_, { value }) => edit({ strength: value })}
        >
          <option value="">{texts.noStrength}</option>
          {draft.strength === KEPT && <option value={KEPT}>{texts.keptStrength}</option>}
          {Object.entries(texts.strengths).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={texts.requireTerms} hint={texts.termsHint}>
        <Input
          defaultValue={draft.terms.join(' ')}
          disabled={disabled}
          onChange={(_, { value }) => edit({ terms: value.split(/[\s,]+/).filter(Boolean) })}
        />
      </Field>
      {draft.otherControls.length > 0 && (
        <Text>{texts.keptControls(draft.otherControls.map((name) => texts.controls[name] ?? name))}</Text>
      )}
      <Field label={texts.operator}>
        <RadioGroup
          value={draft.operator}
          disabled={disabled}
          onChange={(_, { value }) => edit({ operator: value as Draft['operator'] })}
        >
          <Radio value="AND" label={texts.operators.AND} />
          <Radio value="OR" label={texts.operators.OR} />
        </RadioGroup>
      </Field>
    </div>
  );
}

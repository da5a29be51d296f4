// Which domains an invitation may go to.

import {
  Button,
  Field,
  InteractionTag,
  InteractionTagPrimary,
  InteractionTagSecondary,
  makeStyles,
  Radio,
  RadioGroup,
  TagGroup,
  Text,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Section } from '../../pieces/Section';
import { Unsaved } from '../../pieces/Unsaved';
import { Done, WritingBar } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { texts } from '../words';
import { type DomainList, type Kind, pastedDomains, readList, sameList, withList } from './domains';
import { type DomainPolicy, EXTERNAL } from './queries';

const useStyles = makeStyles({
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  list: { display: 'grid', gap: tokens.spacingVerticalM, maxWidth: '46rem' },
  tags: { flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  add: { justifySelf: 'start' },
});

const KINDS: readonly Kind[] = ['any', 'blocked', 'allowed'];
const ADDRESS = '/policies/b2bManagementPolicies';

export function Domains({ policy }: { policy: DomainPolicy | null }) {
  const styles = useStyles();
  const creating = useRefusal('POST', ADDRESS);
  const changing = useRefusal('PATCH', `${ADDRESS}/{id}`);
  const refusal = policy ? changing : creating;
  const writing = useWriting(EXTERNAL);
  const definition = policy?.definition?.[0];
  const stored = readList(definition);
  const [draft, setDraft] = useState<DomainList>();
  const [said, setSaid] = useState<string>();
  const list = draft ?? stored;
  const changed = !sameList(list, stored);
  const edit = (next: DomainList) => {
    setSaid(undefined);
    setDraft(next);
  };
  const save = () =>
    writing.run(
      () => {
        const body = { definition: [withList(definition, list)] };
        return policy
          ? carryOut({ method: 'PATCH', url: `${ADDRESS}/${policy.id}`, body })
          : carryOut({ method: 'POST', url: ADDRESS, body: { ...body, displayName: 'B2BManagementPolicy' } });
      },
      () => {
        setDraft(undefined);
        setSaid(texts.saved);
      },
    );
  const missing = list.kind !== 'any' && list.domains.length === 0 ? texts.domainEmpty : undefined;
  return (
    <Section title={texts.domains} lead={texts.domainsLead}>
      <Unsaved changed={changed} />
      <RadioGroup
        aria-label={texts.domains}
        value={list.kind}
        disabled={refusal !== undefined}
        onChange={(_, { value }) => edit({ ...list, kind: value as Kind })}
      >
        {KINDS.map((kind) => (
          <Radio key={kind} value={kind} label={texts.domainKinds[kind]} />
        ))}
      </RadioGroup>
      {list.kind !== 'any' && <Names list={list} disabled={refusal !== undefined} onChange={edit} />}
      <WritingBar writing={writing} />
      <Done text={said} />
      <div className={styles.actions}>
        <ReasonedButton
          appearance="primary"
          aria-label={texts.saveDomains}
          reason={refusal ?? (changed ? missing : texts.unchanged)}
          disabledFocusable={writing.busy}
          onClick={() => void save()}
        >
          {texts.save}
        </ReasonedButton>
        {changed && (
          <Button
            onClick={() => {
              setDraft(undefined);
              writing.clear();
            }}
          >
            {texts.discard}
          </Button>
        )}
      </div>
    </Section>
  );
}

interface NamesProps {
  list: DomainList;
  disabled: boolean;
  onChange: (list: DomainList) => void;
}

function Names({ list, disabled, onChange }: NamesProps) {
  const styles = useStyles();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const add = () => {
    const { domains, others } = pastedDomains(typed);
    setWrong(others);
    // What could not be read stays where it can be mended.
    setTyped(others.join('\n'));
    if (domains.length > 0) onChange({ ...list, domains: [...new Set([...list.domains, ...domains])] });
  };
  return (
    <div className={styles.list}>
      {!disabled && (
        <>
          <Field
            label={texts.domainField}
            hint={texts.domainHint}
            validationState={wrong.length > 0 ? 'error' : 'none'}
            validationMessage={wrong.length > 0 ? texts.domainWrong(wrong) : undefined}
          >
            <Textarea value={typed} rows={2} onChange={(_, { value }) => setTyped(value)} />
          </Field>
          <Button className={styles.add} onClick={add}>
            {texts.addDomains}
          </Button>
        </>
      )}
      <Text role="status">{texts.domainCount(list.domains.length)}</Text>
      {list.domains.length > 0 && (
        <TagGroup
          className={styles.tags}
          aria-label={texts.domainList}
          onDismiss={(_, { value }) =>
            onChange({ ...list, domains: list.domains.filter((name) => name !== value) })
          }
        >
          {list.domains.map((name) => (
            <InteractionTag key={name} value={name}>
              <InteractionTagPrimary hasSecondaryAction={!disabled}>{name}</InteractionTagPrimary>
              {!disabled && <InteractionTagSecondary aria-label={texts.removeDomain(name)} />}
            </InteractionTag>
          ))}
        </TagGroup>
      )}
    </div>
  );
}

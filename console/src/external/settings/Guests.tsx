// Who may invite, and what guests see.

import { Button, makeStyles, Radio, RadioGroup, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Section } from '../../pieces/Section';
import { Unsaved } from '../../pieces/Unsaved';
import { Done, ReadOnlyBar, WritingBar } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { texts } from '../words';
import { type AuthorizationPolicy, EXTERNAL } from './queries';

export const useStyles = makeStyles({
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  choice: { display: 'grid' },
  hint: { color: tokens.colorNeutralForeground3 },
});

type Inviters = keyof typeof texts.inviterChoices;
type GuestRole = keyof typeof texts.guestRoles;

interface Draft {
  allowInvitesFrom?: Inviters;
  guestUserRoleId?: GuestRole;
}

interface ChoicesProps<Id extends string> {
  label: string;
  choices: Record<Id, { name: string; hint: string }>;
  value: string | undefined;
  disabled: boolean;
  onChoose: (id: Id) => void;
}

function Choices<Id extends string>({ label, choices, value, disabled, onChoose }: ChoicesProps<Id>) {
  const styles = useStyles();
  return (
    <RadioGroup
      aria-label={label}
      value={value ?? ''}
      disabled={disabled}
      onChange={(_, data) => onChoose(data.value as Id)}
    >
      {(Object.keys(choices) as Id[]).map((id) => (
        <Radio
          key={id}
          value={id}
          label={
            <span className={styles.choice}>
              {choices[id].name}
              {choices[id].hint && (
                <Text size={200} className={styles.hint}>
                  {choices[id].hint}
                </Text>
              )}
            </span>
          }
        />
      ))}
    </RadioGroup>
  );
}

export function Guests({ policy, tag }: { policy: AuthorizationPolicy; tag: string | undefined }) {
  const styles = useStyles();
  const refusal = useRefusal('PATCH', '/policies/authorizationPolicy');
  const writing = useWriting(EXTERNAL);
  const [draft, setDraft] = useState<Draft>({});
  const [said, setSaid] = useState<string>();
  const now = { ...policy, ...draft };
  const body = Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => policy[name as keyof Draft] !== value),
  );
  const changed = Object.keys(body).length > 0;
  const edit = (part: Draft) => {
    setSaid(undefined);
    setDraft({ ...draft, ...part });
  };
  const discard = () => {
    setDraft({});
    writing.clear();
  };
  const save = () =>
    writing.run(
      () => carryOut({ method: 'PATCH', url: '/policies/authorizationPolicy', body }, { ifMatch: tag }),
      () => {
        setDraft({});
        setSaid(texts.saved);
      },
    );
  return (
    <>
      <Unsaved changed={changed} />
      <ReadOnlyBar reason={refusal} />
      <Section title={texts.guests} lead={texts.guestsLead}>
        <Choices
          label={texts.guests}
          choices={texts.guestRoles}
          value={now.guestUserRoleId}
          disabled={refusal !== undefined}
          onChoose={(guestUserRoleId) => edit({ guestUserRoleId })}
        />
      </Section>
      <Section title={texts.inviters} lead={texts.invitersLead}>
        <Choices
          label={texts.inviters}
          choices={texts.inviterChoices}
          value={now.allowInvitesFrom}
          disabled={refusal !== undefined}
          onChoose={(allowInvitesFrom) => edit({ allowInvitesFrom })}
        />
        <WritingBar writing={writing} />
        <Done text={said} />
        <div className={styles.actions}>
          <ReasonedButton
            appearance="primary"
            reason={refusal ?? (changed ? undefined : texts.unchanged)}
            aria-label={texts.saveGuests}
            disabledFocusable={writing.busy}
            onClick={() => void save()}
          >
            {texts.save}
          </ReasonedButton>
          {changed && <Button onClick={discard}>{texts.discard}</Button>}
        </div>
      </Section>
    </>
  );
}

// One tab: where its settings come from, and, once they are the organization's own, the settings.

import { Field, makeStyles, Radio, RadioGroup, Subtitle1, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import type { Block, Defaults, Direction, Trust } from '../data/model';
import { BlockEditor, Note, type Which } from './BlockEditor';
import type { Draft, Subject, Values } from './draft';
import { Origin } from './Origin';
import { SyncEditor } from './SyncEditor';
import { blockOf, isOwn, membersOf, type Section } from './sections';
import { TrustEditor } from './TrustEditor';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalL, minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  about: { color: tokens.colorNeutralForeground2, maxWidth: '56rem' },
});

export interface SectionEditorProps {
  section: Section;
  direction: Direction;
  subject: Subject;
  defaults: Defaults;
  /** What is stored. */
  base: Values;
  /** What is wanted. */
  values: Values;
  changed: boolean;
  /** Why whoever is signed in cannot change this. */
  forbidden: string | undefined;
  which: Which;
  onWhich: (which: Which) => void;
  confirmed: boolean;
  onConfirm: (confirmed: boolean) => void;
  unsatisfiable: readonly string[];
  onChange: (change: Draft) => void;
}

/** What holds for an organization: flag by flag its own, else the default's. */
export function effectiveTrust(own: Trust | null, defaults: Trust): Trust {
  return {
    isMfaAccepted: own?.isMfaAccepted ?? defaults.isMfaAccepted,
    isCompliantDeviceAccepted: own?.isCompliantDeviceAccepted ?? defaults.isCompliantDeviceAccepted,
    isHybridAzureADJoinedDeviceAccepted:
      own?.isHybridAzureADJoinedDeviceAccepted ?? defaults.isHybridAzureADJoinedDeviceAccepted,
  };
}

export function SectionEditor(props: SectionEditorProps) {
  const { section, direction, subject, defaults, base, values, forbidden, onChange } = props;
  const styles = useStyles();
  const [asking, setAsking] = useState(false);
  const name = blockOf(section, direction);
  const own = subject.kind === 'default' || isOwn(section, direction, values);
  const locked = forbidden !== undefined || !own;
  const title = texts.section[name ?? (section === 'trust' ? 'trust' : 'synchronization')];
  const other = subject.kind === 'default' ? texts.others : subject.name;
  const inherits = section !== 'synchronization' && !(section === 'trust' && direction === 'outbound');

  /** Begins with what holds now, so that choosing alone changes nothing but where it comes from. */
  function customize() {
    if (name) onChange({ [name]: base[name] ?? defaults[name] });
    else if (section === 'synchronization') onChange({ isSyncAllowed: base.isSyncAllowed ?? false });
    else if (direction === 'outbound') onChange({ outboundAllowed: base.outboundAllowed ?? false });
    else {
      onChange({
        inboundTrust: effectiveTrust(base.inboundTrust, defaults.inboundTrust),
        inboundAllowed: base.inboundAllowed ?? false,
      });
    }
  }

  const inherit = () =>
    onChange(Object.fromEntries(membersOf(section, direction).map((member) => [member, null])) as Draft);

  const block = name && ((values[name] ?? defaults[name]) as Block);
  return (
    <div className={styles.whole}>
      <div className={styles.head}>
        <Subtitle1 as="h2">{title}</Subtitle1>
        <Origin
          subject={subject}
          own={own}
          isServiceDefault={defaults.isServiceDefault}
          withoutDefault={!inherits}
          changed={props.changed}
        />
      </div>
      {name && <Text className={styles.about}>{texts.about[name](other)}</Text>}
      {forbidden && <Note intent="warning">{forbidden}</Note>}
      {subject.kind === 'organization' && (
        <Field label={texts.mode}>
          <RadioGroup
            layout="horizontal"
            value={own ? 'own' : 'default'}
            disabled={forbidden !== undefined}
            onChange={(_, { value }) => {
              if (value === 'own') customize();
              // What was only just begun is given up without a question.
              else if (isOwn(section, direction, base)) setAsking(true);
              else inherit();
            }}
          >
            <Radio value="default" label={texts.inherit} />
            <Radio value="own" label={texts.customize} />
          </RadioGroup>
        </Field>
      )}
      {!own && !forbidden && <Note>{inherits ? texts.chooseFirst : texts.noDefault}</Note>}
      {name && block && (
        <BlockEditor
          name={name}
          direction={direction}
          subject={subject}
          block={block}
          before={(base[name] ?? defaults[name]) as Block}
          locked={locked}
          which={props.which}
          onWhich={props.onWhich}
          confirmed={props.confirmed}
          onConfirm={props.onConfirm}
          unsatisfiable={props.unsatisfiable}
          onChange={(changed) => onChange({ [name]: changed })}
        />
      )}
      {section === 'trust' && (
        <TrustEditor
          direction={direction}
          subject={subject}
          trust={effectiveTrust(values.inboundTrust, defaults.inboundTrust)}
          redeems={(direction === 'inbound' ? values.inboundAllowed : values.outboundAllowed) === true}
          locked={locked}
          onChange={onChange}
        />
      )}
      {section === 'synchronization' && subject.kind === 'organization' && (
        <SyncEditor
          subject={subject}
          allowed={values.isSyncAllowed === true}
          locked={locked}
          onChange={(isSyncAllowed) => onChange({ isSyncAllowed })}
        />
      )}
      <ConfirmDialog
        open={asking}
        title={texts.back.title}
        yes={texts.back.yes}
        no={texts.back.no}
        onYes={() => {
          setAsking(false);
          inherit();
        }}
        onNo={() => setAsking(false)}
      >
        {texts.back.text(other)}
      </ConfirmDialog>
    </div>
  );
}

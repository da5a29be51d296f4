// One block: whom and what, with everything that has to be said about the two together.

import {
  Checkbox,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Tab,
  TabList,
  tokens,
} from '@fluentui/react-components';
import { useMe } from '../../session/session';
import {
  type Block,
  type BlockName,
  type Direction,
  hidesEncryptedMail,
  isAll,
  isError,
  remarks,
  withUsers,
} from '../data/model';
import type { Subject } from './draft';
import { HalfEditor, type HalfEditorProps } from './HalfEditor';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalL, minWidth: 0 },
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  notes: { display: 'grid', gap: tokens.spacingVerticalS, maxWidth: '56rem' },
});

export type Which = 'users' | 'applications';

export interface BlockEditorProps {
  name: BlockName;
  direction: Direction;
  subject: Subject;
  block: Block;
  /** What is stored, or inherited. */
  before: Block;
  locked: boolean;
  which: Which;
  onWhich: (which: Which) => void;
  /** Whether what S4.13 means was confirmed. */
  confirmed: boolean;
  onConfirm: (confirmed: boolean) => void;
  /** Conditional Access policies under which direct connect would let nobody pass (S10.8). */
  unsatisfiable: readonly string[];
  onChange: (block: Block) => void;
}

/** What the panes and options of a half are called, and which there are. */
function half(
  props: BlockEditorProps,
  own: string,
): Record<Which, Pick<HalfEditorProps, 'labels' | 'source' | 'adds'>> {
  const { name, direction } = props;
  const inwards = direction !== 'outbound';
  return {
    users: inwards
      ? {
          labels: { all: texts.all.inbound, select: texts.select.inbound },
          source: 'otherPeople',
          adds: ['external'],
        }
      : {
          labels: { all: texts.all.outbound(own), select: texts.select.outbound(own) },
          source: 'ownPeople',
          adds: ['own'],
        },
    applications:
      direction === 'inbound'
        ? {
            labels: { all: texts.all.applications, select: texts.select.applications },
            source: 'ownApplications',
            // The original offers its own applications only for what comes in by direct connect.
            adds: name === 'b2bDirectConnectInbound' ? ['microsoft'] : ['microsoft', 'other'],
          }
        : {
            labels: { all: texts.all.externalApplications, select: texts.select.externalApplications },
            source: 'otherApplications',
            adds: ['external'],
          },
  };
}

export function BlockEditor(props: BlockEditorProps) {
  const { name, direction, subject, block, locked, which, onChange } = props;
  const styles = useStyles();
  const me = useMe();
  const own = me.tenant.displayName ?? '';
  const { p1 } = me.tenant;
  const found = remarks(block);
  const usersAllBlocked = block.usersAndGroups.accessType === 'blocked' && isAll(block.usersAndGroups);
  const coupled = which === 'applications' && usersAllBlocked;
  const direct = name === 'b2bDirectConnectInbound' || name === 'b2bDirectConnectOutbound';
  const restricts = name === 'tenantRestrictions';
  // Nobody can be named for organizations that nobody knows yet (S4.8).
  const unnamed =
    subject.kind === 'default' &&
    which === 'users' &&
    name !== 'b2bCollaborationOutbound' &&
    name !== 'b2bDirectConnectOutbound';
  const noSelect = unnamed ? texts.noNames : p1 ? undefined : texts.p1Needed;
  const noAllow = !p1 && (direct || restricts) ? texts.p1Needed : undefined;
  const other =
    subject.kind === 'default' ? { name: texts.others } : { tenantId: subject.tenantId, name: subject.name };
  const opened = (half: 'usersAndGroups' | 'applications') => block[half].accessType === 'allowed';
  const closes =
    subject.kind === 'default' &&
    (['usersAndGroups', 'applications'] as const).some(
      (half) => block[half].accessType === 'blocked' && props.before[half].accessType === 'allowed',
    );

  return (
    <div className={styles.whole}>
      <TabList
        className={styles.tabs}
        aria-label={texts.halves}
        size="small"
        selectedValue={which}
        onTabSelect={(_, { value }) => props.onWhich(value as Which)}
      >
        {(['users', 'applications'] as const).map((one) => (
          <Tab key={one} id={`half-${one}`} value={one} aria-controls="half-panel">
            {texts.half[one][direction]}
          </Tab>
        ))}
      </TabList>
      <div id="half-panel" role="tabpanel" aria-labelledby={`half-${which}`} className={styles.whole}>
        {coupled && <Note>{texts.coupled}</Note>}
        <HalfEditor
          key={`${name} ${which}`}
          which={which}
          half={which === 'users' ? block.usersAndGroups : block.applications}
          {...half(props, own)[which]}
          own={own}
          other={other}
          locked={locked || coupled}
          noAllow={noAllow}
          noSelect={noSelect}
          noSuite={restricts}
          onChange={(value) =>
            onChange(which === 'users' ? withUsers(block, value) : { ...block, applications: value })
          }
        />
      </div>
      <div className={styles.notes}>
        {found.map((remark) => (
          <Note key={remark} intent={isError(remark) ? 'error' : 'warning'}>
            {texts.remark[remark]}
            {remark === 'selectedUsersBlockedFromEverything' && !locked && (
              <Checkbox
                label={texts.confirmPair}
                checked={props.confirmed}
                onChange={(_, { checked }) => props.onConfirm(checked === true)}
              />
            )}
          </Note>
        ))}
        {closes && !locked && (
          <Note intent="warning">{texts.note.defaultBlock(direction !== 'outbound')}</Note>
        )}
        {direct && opened('usersAndGroups') && opened('applications') && props.unsatisfiable.length > 0 && (
          <Note intent="warning">{texts.note.direct(props.unsatisfiable.join(', '))}</Note>
        )}
        {name === 'b2bCollaborationOutbound' && hidesEncryptedMail(block) && <Note>{texts.note.mail}</Note>}
        {direct && <Note>{texts.note.directBoth}</Note>}
        {restricts ? <Note>{texts.note.restrictions}</Note> : <Note>{texts.note.all}</Note>}
        {!p1 && <Note>{texts.p1Note}</Note>}
      </div>
    </div>
  );
}

export function Note({
  intent = 'info',
  children,
}: {
  intent?: 'info' | 'warning' | 'error';
  children: React.ReactNode;
}) {
  return (
    <MessageBar intent={intent} layout="multiline">
      <MessageBarBody>{children}</MessageBarBody>
    </MessageBar>
  );
}

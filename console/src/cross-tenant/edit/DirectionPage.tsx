// The page of one direction: of the default, or of one organization.

import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Skeleton,
  SkeletonItem,
  Tab,
  TabList,
  tokens,
} from '@fluentui/react-components';
import { CircleSmallFilled } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem } from '../../api/problem';
import { ButtonLink, Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ProblemBar } from '../../pieces/ProblemBar';
import { Unsaved } from '../../pieces/Unsaved';
import { type Change, SaveDialog } from '../../save/SaveDialog';
import { refusal } from '../../session/rights';
import { useMe } from '../../session/session';
import { type Defaults, type Direction, isError, remarks } from '../data/model';
import { defaults as defaultsQuery, settingsMoved } from '../data/queries';
import type { Which } from './BlockEditor';
import { Conflict } from './Conflict';
import { changed, type Draft, type Member, requests, type Subject, type Values, wanted } from './draft';
import { Said } from './Said';
import { SaveBar } from './SaveBar';
import { SectionEditor } from './SectionEditor';
import { SideLine } from './SideLine';
import { blockOf, membersOf, type Section, sectionsOf } from './sections';
import { conditions, unsatisfiable } from './unsatisfiable';
import { texts } from './words';

const useStyles = makeStyles({
  tabs: { borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  waiting: { display: 'grid', gap: tokens.spacingVerticalM },
  panel: { minWidth: 0 },
});

/** What is stored, with the ETag by which it is known. */
export interface Loaded {
  values: Values;
  tag: string | undefined;
}

export interface DirectionPageProps {
  subject: Subject;
  direction: Direction;
  /** Undefined while it is being read. */
  loaded: Loaded | undefined;
  error: unknown;
  onRetry: () => void;
  section: Section | undefined;
  which: Which;
  onPlace: (place: { section?: Section; which?: Which }) => void;
}

/** Why somebody's roles do not let them change what a tab is about. */
function useForbidden(subject: Subject, section: Section, direction: Direction, base: Values | undefined) {
  const me = useMe();
  if (section === 'synchronization') {
    const path = '/policies/crossTenantAccessPolicy/partners/{id}/identitySynchronization';
    return refusal(me, base?.isSyncAllowed === null ? 'PUT' : 'PATCH', path, 'userSyncInbound');
  }
  const path =
    subject.kind === 'default'
      ? '/policies/crossTenantAccessPolicy/default'
      : '/policies/crossTenantAccessPolicy/partners/{id}';
  const member =
    blockOf(section, direction) ??
    (direction === 'inbound' ? 'inboundTrust' : 'automaticUserConsentSettings');
  return refusal(me, 'PATCH', path, member);
}

/** What has to be mended, or confirmed, before it can be saved. */
function obstacle(
  members: readonly Member[],
  values: Values,
  confirmed: ReadonlySet<Member>,
): string | undefined {
  for (const member of members) {
    const value = values[member];
    if (value === null || typeof value !== 'object' || !('usersAndGroups' in value)) continue;
    const found = remarks(value);
    const error = found.find(isError);
    const said = `${texts.member[member]}: `;
    if (error) return said + texts.remark[error];
    if (found.length > 0 && !confirmed.has(member)) return said + texts.confirmPairFirst;
  }
  return undefined;
}

export function DirectionPage(props: DirectionPageProps) {
  const { subject, direction, loaded } = props;
  const whose = subject.kind === 'default' ? texts.whoseDefault : subject.name;
  const standard = useQuery(defaultsQuery);
  const error = props.error ?? standard.error;
  const retry = () => {
    props.onRetry();
    void standard.refetch();
  };
  const others = (['inbound', 'outbound', 'restrictions'] as const).filter((one) => one !== direction);
  return (
    <Page
      title={texts.title[direction](whose)}
      above={[
        <Link
          key="list"
          to={
            subject.kind === 'default' ? '/cross-tenant-access/default' : '/cross-tenant-access/organizations'
          }
        >
          {subject.kind === 'default' ? texts.defaults : texts.organizations}
        </Link>,
      ]}
      actions={others.map((one) =>
        subject.kind === 'default' ? (
          <ButtonLink key={one} to="/cross-tenant-access/default/$direction" params={{ direction: one }}>
            {texts.other[one]}
          </ButtonLink>
        ) : (
          <ButtonLink
            key={one}
            to="/cross-tenant-access/organizations/$tenant/$direction"
            params={{ tenant: subject.tenantId, direction: one }}
          >
            {texts.other[one]}
          </ButtonLink>
        ),
      )}
    >
      <SideLine direction={direction} other={subject.kind === 'default' ? texts.others : subject.name} />
      {error ? (
        <ProblemBar problem={asProblem(error)} retry={retry} />
      ) : loaded && standard.data ? (
        // A page of another organization begins anew.
        <Editor
          key={`${subject.kind === 'default' ? '' : subject.tenantId} ${direction}`}
          {...props}
          loaded={loaded}
          standard={standard.data.value}
        />
      ) : (
        <Waiting />
      )}
    </Page>
  );
}

function Waiting() {
  const styles = useStyles();
  return (
    <Skeleton className={styles.waiting}>
      <SkeletonItem size={32} />
      <SkeletonItem size={128} />
    </Skeleton>
  );
}

function Editor(props: DirectionPageProps & { loaded: Loaded; standard: Defaults }) {
  const { subject, direction, loaded, standard, onPlace } = props;
  const styles = useStyles();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({});
  const [began, setBegan] = useState<Loaded>(loaded);
  const [confirmed, setConfirmed] = useState<ReadonlySet<Member>>(new Set());
  const [saving, setSaving] = useState(false);
  const [comparing, setComparing] = useState(false);
  const [saved, setSaved] = useState(false);

  const touched = Object.keys(draft).length > 0;
  // Until something is changed, what is shown is what is there.
  const begun = touched ? began : loaded;
  const base = begun.values;
  const values = wanted(base, draft);
  const members = changed(base, draft);
  const moved = touched && members.length > 0 && loaded.tag !== begun.tag;

  const sections = sectionsOf(subject, direction);
  const section = props.section && sections.includes(props.section) ? props.section : sections[0];
  const forbidden = useForbidden(subject, section ?? 'collaboration', direction, base);
  const trust = values.inboundTrust ?? standard.inboundTrust;
  const policies = useQuery({ ...conditions, enabled: direction === 'inbound' });

  function change(part: Draft) {
    if (!touched) setBegan(loaded);
    setDraft({ ...draft, ...part });
    setConfirmed(new Set());
    setSaved(false);
  }

  function discard() {
    setDraft({});
    setConfirmed(new Set());
  }

  const changes: Change[] = members.map((member) => ({
    property: texts.member[member],
    before: <Said member={member} values={base} />,
    after: <Said member={member} values={values} />,
  }));

  if (!section) return null;
  const block = blockOf(section, direction);
  return (
    <>
      <Unsaved changed={members.length > 0} />
      {saved && members.length === 0 && (
        <MessageBar intent="success">
          <MessageBarBody>{texts.saved}</MessageBarBody>
        </MessageBar>
      )}
      {moved && !comparing && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{texts.meanwhile}</MessageBarBody>
          <MessageBarActions>
            <Button onClick={() => setComparing(true)}>{texts.compare}</Button>
          </MessageBarActions>
        </MessageBar>
      )}
      {sections.length > 1 && (
        <TabList
          className={styles.tabs}
          aria-label={texts.sections}
          selectedValue={section}
          onTabSelect={(_, { value }) => onPlace({ section: value as Section })}
        >
          {sections.map((one) => {
            const open = membersOf(one, direction).some((member) => members.includes(member));
            const name = blockOf(one, direction) ?? (one === 'trust' ? 'trust' : 'synchronization');
            return (
              <Tab
                key={one}
                id={`section-${one}`}
                value={one}
                aria-controls="section-panel"
                icon={open ? <CircleSmallFilled aria-label={texts.changed} /> : undefined}
              >
                {texts.section[name]}
              </Tab>
            );
          })}
        </TabList>
      )}
      <div
        id="section-panel"
        className={styles.panel}
        {...(sections.length > 1 ? { role: 'tabpanel', 'aria-labelledby': `section-${section}` } : {})}
      >
        <SectionEditor
          key={section}
          section={section}
          direction={direction}
          subject={subject}
          defaults={standard}
          base={base}
          values={values}
          changed={membersOf(section, direction).some((member) => members.includes(member))}
          forbidden={forbidden}
          which={props.which}
          onWhich={(which) => onPlace({ section, which })}
          confirmed={block !== undefined && confirmed.has(block)}
          onConfirm={(yes) => {
            const next = new Set<Member>(confirmed);
            if (block && yes) next.add(block);
            else if (block) next.delete(block);
            setConfirmed(next);
          }}
          unsatisfiable={unsatisfiable(policies.data ?? [], {
            isMfaAccepted: trust.isMfaAccepted ?? standard.inboundTrust.isMfaAccepted,
            isCompliantDeviceAccepted:
              trust.isCompliantDeviceAccepted ?? standard.inboundTrust.isCompliantDeviceAccepted,
            isHybridAzureADJoinedDeviceAccepted:
              trust.isHybridAzureADJoinedDeviceAccepted ??
              standard.inboundTrust.isHybridAzureADJoinedDeviceAccepted,
          })}
          onChange={change}
        />
      </div>
      {!forbidden && (
        <SaveBar
          count={members.length}
          reason={obstacle(members, values, confirmed)}
          onSave={() => (moved ? setComparing(true) : setSaving(true))}
          onDiscard={discard}
        />
      )}
      <SaveDialog
        open={saving}
        requests={requests(subject, base, draft)}
        ifMatch={begun.tag}
        changes={changes}
        onSaved={async () => {
          await settingsMoved(queries);
          setSaving(false);
          discard();
          setSaved(true);
        }}
        onConflict={async () => {
          await settingsMoved(queries);
          setSaving(false);
          setComparing(true);
        }}
        onClose={() => setSaving(false)}
      />
      {comparing && (
        <Conflict
          begun={base}
          theirs={loaded.values}
          draft={draft}
          onKeepMine={() => {
            setBegan(loaded);
            setComparing(false);
            setSaving(true);
          }}
          onTakeTheirs={() => {
            discard();
            setComparing(false);
          }}
        />
      )}
    </>
  );
}

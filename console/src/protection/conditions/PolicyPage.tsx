// One policy, or a new one.

import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Unsaved } from '../../pieces/Unsaved';
import { Waiting } from '../../pieces/Waiting';
import { Done, ReadOnlyBar, WritingBar } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { type Policy, policiesKey, policy as policyQuery } from '../data';
import { conditions as texts } from '../words';
import { bodyOf, type Draft, draftOf, EMPTY, locksOut, missing } from './draft';
import { AccessPart, NamePart, TargetPart, UsersPart } from './parts';

const route = getRouteApi('/_in/conditional-access/policies/$id');
const ADDRESS = '/identity/conditionalAccess/policies';

const useStyles = makeStyles({
  bar: {
    position: 'sticky',
    insetBlockEnd: 0,
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    paddingBlock: tokens.spacingVerticalM,
    backgroundColor: tokens.colorNeutralBackground1,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

const ABOVE = [
  <Link key="policies" to="/conditional-access">
    {texts.title}
  </Link>,
];

export function PolicyPage() {
  const { id } = route.useParams();
  if (id === 'new') return <Editor key="new" policy={undefined} tag={undefined} />;
  return <Stored id={id} />;
}

function Stored({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(policyQuery(id));
  if (data) return <Editor key={id} policy={data.value} tag={data.tag} />;
  return (
    <Page title={texts.title} above={ABOVE}>
      <Waiting error={error} retry={() => void refetch()} />
    </Page>
  );
}

function Editor({ policy, tag }: { policy: Policy | undefined; tag: string | undefined }) {
  const styles = useStyles();
  const navigate = route.useNavigate();
  const creating = useRefusal('POST', ADDRESS);
  const changing = useRefusal('PATCH', `${ADDRESS}/{id}`);
  const removing = useRefusal('DELETE', `${ADDRESS}/{id}`);
  const refusal = policy ? changing : creating;
  const writing = useWriting(policiesKey);
  const stored = policy ? draftOf(policy) : EMPTY;
  const [edited, setEdited] = useState<Draft>();
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState<string>();
  const [asked, setAsked] = useState(false);
  const draft = edited ?? stored;
  const changed = edited !== undefined && JSON.stringify(edited) !== JSON.stringify(stored);
  const wrong = missing(draft);
  const edit = (part: Partial<Draft>) => {
    setSaid(undefined);
    setEdited({ ...draft, ...part });
  };

  const save = async () => {
    setTried(true);
    if (wrong.length > 0) return;
    const body = bodyOf(draft);
    if (policy) {
      const request = { method: 'PATCH', url: `${ADDRESS}/${policy.id}`, body } as const;
      await writing.run(
        () => carryOut(request, { ifMatch: tag }),
        () => {
          setEdited(undefined);
          setSaid(texts.saved);
        },
      );
      return;
    }
    let made: string | undefined;
    const done = await writing.run(async () => {
      const answer = await carryOut({ method: 'POST', url: ADDRESS, body });
      made = (answer.body as Policy).id;
    });
    if (!done) return;
    const params = { id: made ?? '' };
    // What was entered is saved: there is nothing to ask about.
    await navigate({ to: '/conditional-access/policies/$id', params, replace: true, ignoreBlocker: true });
  };
  const remove = async () => {
    const done = await writing.run(() => carryOut({ method: 'DELETE', url: `${ADDRESS}/${policy?.id}` }));
    if (done) await navigate({ to: '/conditional-access', ignoreBlocker: true });
  };

  const part = { draft, edit, disabled: refusal !== undefined, wrong: tried ? wrong : [] };
  return (
    <Page title={policy ? policy.displayName || texts.unnamed : texts.newTitle} above={ABOVE}>
      <Unsaved changed={changed} />
      <ReadOnlyBar reason={refusal} />
      <NamePart {...part} />
      <UsersPart {...part} />
      <TargetPart {...part} />
      <AccessPart {...part} />
      {locksOut(draft) && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{texts.everybodyBlocked}</MessageBarBody>
        </MessageBar>
      )}
      {!asked && <WritingBar writing={writing} />}
      <Done text={said} />
      <div className={styles.bar}>
        <ReasonedButton
          appearance="primary"
          reason={refusal ?? (policy && !changed ? texts.unchanged : undefined)}
          disabledFocusable={writing.busy}
          onClick={() => void save()}
        >
          {policy ? texts.save : texts.createIt}
        </ReasonedButton>
        {policy && (
          <ReasonedButton reason={removing} onClick={() => setAsked(true)}>
            {texts.remove}
          </ReasonedButton>
        )}
      </div>
      <ConfirmDialog
        open={asked}
        title={texts.removeTitle(policy?.displayName ?? '')}
        yes={texts.remove}
        busy={writing.busy}
        problem={writing.problem}
        onYes={() => void remove()}
        onNo={() => {
          writing.clear();
          setAsked(false);
        }}
      >
        {texts.removeText}
      </ConfirmDialog>
    </Page>
  );
}

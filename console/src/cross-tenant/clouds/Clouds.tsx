// Which other clouds this one may pair with (S5).

import {
  Checkbox,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Skeleton,
  SkeletonItem,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GraphRequest } from '../../api/client';
import { asProblem } from '../../api/problem';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { ProblemBar } from '../../pieces/ProblemBar';
import { Unsaved } from '../../pieces/Unsaved';
import { SaveDialog } from '../../save/SaveDialog';
import { useRefusal } from '../../session/rights';
import { useMe } from '../../session/session';
import { policy, settingsMoved } from '../data/queries';
import { Note } from '../edit/BlockEditor';
import { SaveBar } from '../edit/SaveBar';
import { texts as editTexts } from '../edit/words';
import { texts } from './words';

type Cloud = keyof typeof texts.names;

const COMMERCIAL: Cloud = 'microsoftonline.com';
const OTHERS: readonly Cloud[] = ['microsoftonline.us', 'partner.microsoftonline.cn'];

/** The clouds that a cloud may pair with (S5.1). */
const pairs = (own: string): readonly Cloud[] => (own === COMMERCIAL ? OTHERS : [COMMERCIAL]);

const named = (clouds: readonly string[]): string =>
  clouds.length === 0 ? texts.none : clouds.map((cloud) => texts.names[cloud as Cloud] ?? cloud).join(', ');

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalL, maxWidth: '56rem' },
  group: { display: 'grid' },
});

interface Loaded {
  clouds: readonly string[];
  tag: string | undefined;
}

export function Clouds() {
  const styles = useStyles();
  const { data, error, refetch } = useQuery(policy);
  if (error) return <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />;
  if (!data) {
    return (
      <Skeleton className={styles.whole}>
        <SkeletonItem size={32} />
        <SkeletonItem size={32} />
      </Skeleton>
    );
  }
  return <Editor loaded={{ clouds: data.value.allowedCloudEndpoints ?? [], tag: data.tag }} />;
}

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((cloud) => other.includes(cloud));

function Editor({ loaded }: { loaded: Loaded }) {
  const styles = useStyles();
  const me = useMe();
  const queries = useQueryClient();
  const forbidden = useRefusal('PATCH', '/policies/crossTenantAccessPolicy', 'allowedCloudEndpoints');
  const [draft, setDraft] = useState<readonly string[]>();
  const [began, setBegan] = useState(loaded);
  const [saving, setSaving] = useState(false);
  const [comparing, setComparing] = useState(false);
  const [saved, setSaved] = useState(false);
  const begun = draft ? began : loaded;
  const wanted = draft ?? loaded.clouds;
  const changed = draft !== undefined && !same(draft, begun.clouds);

  function tick(cloud: Cloud, on: boolean) {
    if (!draft) setBegan(loaded);
    setDraft(on ? [...wanted, cloud] : wanted.filter((known) => known !== cloud));
    setSaved(false);
  }

  const requests: GraphRequest[] = [
    { method: 'PATCH', url: '/policies/crossTenantAccessPolicy', body: { allowedCloudEndpoints: wanted } },
  ];
  return (
    <div className={styles.whole}>
      <Unsaved changed={changed} />
      {saved && (
        <MessageBar intent="success">
          <MessageBarBody>{editTexts.saved}</MessageBarBody>
        </MessageBar>
      )}
      <Text>
        {texts.lead} {texts.own(texts.names[me.tenant.cloud as Cloud])}
      </Text>
      {forbidden && <Note intent="warning">{forbidden}</Note>}
      <div role="group" aria-labelledby="clouds" className={styles.group}>
        <Text id="clouds">{texts.heading}</Text>
        {pairs(me.tenant.cloud).map((cloud) => (
          <Checkbox
            key={cloud}
            label={texts.names[cloud]}
            checked={wanted.includes(cloud)}
            disabled={forbidden !== undefined}
            onChange={(_, { checked }) => tick(cloud, checked === true)}
          />
        ))}
      </div>
      <Note>{texts.note}</Note>
      {!forbidden && (
        <SaveBar
          count={changed ? 1 : 0}
          reason={undefined}
          onSave={() => setSaving(true)}
          onDiscard={() => setDraft(undefined)}
        />
      )}
      <SaveDialog
        open={saving}
        requests={requests}
        ifMatch={begun.tag}
        changes={[{ property: texts.property, before: named(begun.clouds), after: named(wanted) }]}
        onSaved={async () => {
          await settingsMoved(queries);
          setSaving(false);
          setDraft(undefined);
          setSaved(true);
        }}
        onConflict={async () => {
          await settingsMoved(queries);
          setSaving(false);
          setComparing(true);
        }}
        onClose={() => setSaving(false)}
      />
      <ConfirmDialog
        open={comparing}
        title={texts.conflictTitle}
        yes={editTexts.conflict.keepMine}
        no={editTexts.conflict.takeTheirs}
        onYes={() => {
          setBegan(loaded);
          setComparing(false);
          setSaving(true);
        }}
        onNo={() => {
          setDraft(undefined);
          setComparing(false);
        }}
      >
        <p>{texts.theirs(named(loaded.clouds))}</p>
        <p>{texts.mine(named(wanted))}</p>
      </ConfirmDialog>
    </div>
  );
}

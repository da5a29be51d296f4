// One application: who signs in to it, and where they come back to.

import { Text } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { carryOut } from '../../api/client';
import { Problem } from '../../api/problem';
import { texts as api } from '../../api/words';
import { ConfirmDialog } from '../../pieces/ConfirmDialog';
import { Copyable } from '../../pieces/Copyable';
import { Link } from '../../pieces/Link';
import { Page } from '../../pieces/Page';
import { ReasonedButton } from '../../pieces/Reasoned';
import { Facts, Section } from '../../pieces/Section';
import { Waiting } from '../../pieces/Waiting';
import { Done, WritingBar } from '../../pieces/WritingBar';
import { useWriting } from '../../pieces/writing';
import { useRefusal } from '../../session/rights';
import { applications, applicationsKey, servicePrincipals } from '../data';
import { applications as texts } from '../words';
import { ApplicationDialog } from './ApplicationDialog';
import { type Entry, entries, redirects } from './entry';

const route = getRouteApi('/_in/applications/$id');

export function ApplicationPage() {
  const { id } = route.useParams();
  const own = useQuery(applications);
  const principals = useQuery(servicePrincipals);
  const above = [
    <Link key="applications" to="/applications">
      {texts.title}
    </Link>,
  ];
  const all = own.data && principals.data && entries(own.data, principals.data);
  const entry = all?.find(({ appId }) => appId === id.toLowerCase());
  if (!entry) {
    const missing = all && new Problem(404, 'Request_ResourceNotFound', api.notFoundTitle);
    return (
      <Page title={texts.title} above={above}>
        <Waiting
          error={own.error ?? principals.error ?? missing}
          retry={() => void Promise.all([own.refetch(), principals.refetch()])}
        />
      </Page>
    );
  }
  return (
    <Page title={entry.name || texts.unnamed} above={above} actions={<Actions entry={entry} />}>
      <Section title={texts.facts}>
        <Facts
          facts={[
            { label: texts.appId, value: <Copyable text={entry.appId} what={texts.appId} /> },
            { label: texts.origin, value: entry.application ? texts.own : texts.foreign },
            {
              label: texts.audience,
              value: entry.application?.signInAudience
                ? texts.audiences[entry.application.signInAudience]
                : texts.foreign,
            },
            {
              label: texts.principal,
              value: entry.principal?.accountEnabled === false ? texts.disabled : texts.enabled,
            },
            { label: texts.identifiers, value: entry.application?.identifierUris?.join(', ') || texts.none },
          ]}
        />
      </Section>
      <Where entry={entry} />
    </Page>
  );
}

function Where({ entry }: { entry: Entry }) {
  const { spa, web, publicClient } = redirects(entry.application);
  const lists = entry.application
    ? [
        { label: texts.spa, uris: spa },
        { label: texts.web, uris: web },
        { label: texts.publicClient, uris: publicClient },
      ]
    : [{ label: texts.redirects, uris: entry.principal?.replyUrls ?? [] }];
  return (
    <Section title={texts.redirects}>
      <Facts
        facts={lists.map(({ label, uris }) => ({
          label,
          value:
            uris.length === 0
              ? texts.none
              : uris.map((uri) => (
                  <Text key={uri} block>
                    {uri}
                  </Text>
                )),
        }))}
      />
    </Section>
  );
}

function Actions({ entry }: { entry: Entry }) {
  const navigate = route.useNavigate();
  const changing = useRefusal('PATCH', '/applications/{id}');
  const blocking = useRefusal('PATCH', '/servicePrincipals/{id}');
  const standing = useRefusal('POST', '/servicePrincipals');
  const removing = useRefusal('DELETE', '/applications/{id}');
  const writing = useWriting(applicationsKey);
  const [open, setOpen] = useState<'edit' | 'remove'>();
  const [said, setSaid] = useState<string>();
  const { application, principal } = entry;
  const foreign = application ? undefined : texts.foreign;
  const enabled = principal?.accountEnabled !== false;

  const setEnabled = () =>
    void writing.run(
      () => {
        const body = { accountEnabled: !enabled };
        return principal
          ? carryOut({ method: 'PATCH', url: `/servicePrincipals/${principal.id}`, body })
          : carryOut({ method: 'POST', url: '/servicePrincipals', body: { ...body, appId: entry.appId } });
      },
      () => setSaid(enabled ? texts.blockedNow : texts.unblockedNow),
    );
  const remove = async () => {
    const done = await writing.run(async () => {
      await carryOut({ method: 'DELETE', url: `/applications/${application?.id}` });
      if (principal) await carryOut({ method: 'DELETE', url: `/servicePrincipals/${principal.id}` });
    });
    if (done) await navigate({ to: '/applications' });
  };
  return (
    <>
      <ReasonedButton appearance="primary" reason={changing ?? foreign} onClick={() => setOpen('edit')}>
        {texts.edit}
      </ReasonedButton>
      <ReasonedButton reason={principal ? blocking : standing} onClick={setEnabled}>
        {enabled ? texts.block : texts.unblock}
      </ReasonedButton>
      <ReasonedButton reason={removing ?? foreign} onClick={() => setOpen('remove')}>
        {texts.remove}
      </ReasonedButton>
      {!open && <WritingBar writing={writing} />}
      <Done text={said} />
      {open === 'edit' && (
        <ApplicationDialog
          application={application}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            setSaid(texts.saved);
          }}
        />
      )}
      <ConfirmDialog
        open={open === 'remove'}
        title={texts.removeTitle(entry.name)}
        yes={texts.remove}
        busy={writing.busy}
        problem={writing.problem}
        onYes={() => void remove()}
        onNo={() => {
          writing.clear();
          setOpen(undefined);
        }}
      >
        {texts.removeText}
      </ConfirmDialog>
    </>
  );
}
